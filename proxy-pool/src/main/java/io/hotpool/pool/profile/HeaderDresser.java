package io.hotpool.pool.profile;

import io.hotpool.pool.http.HeaderList;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http.RequestKind;
import io.hotpool.pool.profile.BrowserProfile.Field;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the header fields of a request as they are to be written on a connection: from asked to dressed, see {@link
 * RequestHead}. Pure. Nothing that gives a proxy away is added, and Origin, Referer and Cookie are never invented.
 */
public final class HeaderDresser {
    /**
     * @param head with the fields in their final place and casing
     * @param addedCodings content codings that the origin was offered and the client did not offer, lower case: such a
     *     response has to be decoded
     */
    public record Dressed(RequestHead head, Set<String> addedCodings) {}

    private static final String IDENTITY = "identity";

    private HeaderDresser() {}

    /** As the profile's browser sends that kind of request; what the client set on purpose stays. */
    public static Dressed align(RequestHead asked, BrowserProfile profile, Protocol protocol) {
        List<Field> fields = profile.headers().fields(protocol, asked.kind());
        ClientIdentity identity = ClientIdentity.of(asked.headers(), userAgent(fields));
        HeaderList client = chosenFields(asked, identity);
        HeaderList out = new HeaderList(fields.size() + client.size());
        FieldWriter writer = new FieldWriter(asked, profile, protocol, out);
        for (Field field : fields) {
            if (field.name().equals(Field.OTHERS)) {
                writer.others(client, fields);
            } else if (!writer.structural(field, fields)
                    && !writer.chosen(client, field, fields)
                    && browserSends(field, asked, identity, fields)) {
                out.add(field.name(), browserValue(field, asked));
            }
        }
        if (!FieldWriter.named(fields, Field.OTHERS)) {
            writer.others(client, fields);
        }
        writer.missing();
        return new Dressed(asked.withHeaders(out, asked.kind()), addedCodings(asked, out));
    }

    /**
     * Names, order and values as the client sent them; only what the client's connection took away is put back: where a field
     * without a value keeps its place, else where the profile's browser has it.
     */
    public static Dressed preserve(RequestHead asked, BrowserProfile profile, Protocol protocol) {
        HeaderList out = new HeaderList(asked.headers().size() + 4);
        FieldWriter writer = new FieldWriter(asked, profile, protocol, out);
        writer.inPlace(asked.headers());
        writer.insertStructural(profile.headers().fields(protocol, asked.kind()));
        return new Dressed(asked.withHeaders(out, asked.kind()), Set.of());
    }

    /** The client's fields without those that count as not set. */
    private static HeaderList chosenFields(RequestHead asked, ClientIdentity identity) {
        HeaderList client = asked.headers().copy();
        boolean replaced = identity == ClientIdentity.LIBRARY || identity == ClientIdentity.OTHER_BROWSER;
        boolean otherBrowser = identity == ClientIdentity.OTHER_BROWSER;
        boolean anyAccept = !client.contains("Sec-Fetch-Mode");
        boolean range = client.contains("Range");
        client.removeIf((name, value) -> switch (name.toLowerCase(Locale.ROOT)) {
            case "accept" ->
                otherBrowser && browserMade(asked.kind())
                        || anyAccept && value.strip().equals("*/*");
            case "accept-encoding" -> !range;
            case "accept-language" -> value.strip().equals("*");
            case "user-agent" -> replaced;
            case "priority", "te" -> otherBrowser;
            default -> replaced && isClientHint(name);
        });
        return client;
    }

    private static @Nullable String userAgent(List<Field> fields) {
        for (Field field : fields) {
            if (field.name().equalsIgnoreCase("User-Agent")) {
                return field.value();
            }
        }
        return null;
    }

    /** Scripts choose their Accept; for everything else it is the browser's. */
    private static boolean browserMade(RequestKind kind) {
        return switch (kind) {
            case FETCH, XHR, PREFLIGHT, WEBSOCKET, MEDIA -> false;
            default -> true;
        };
    }

    private static boolean browserSends(Field field, RequestHead asked, ClientIdentity identity, List<Field> fields) {
        String name = field.name().toLowerCase(Locale.ROOT);
        if (field.placeOnly()) {
            return false;
        }
        if (name.startsWith("sec-fetch-") && !trustworthy(asked.origin())) {
            return false;
        }
        if (isClientHint(name)) {
            return identity != ClientIdentity.CHOSEN && trustworthy(asked.origin());
        }
        return switch (name) {
            case "accept-encoding" -> !asked.headers().contains("Range") || FieldWriter.named(fields, "Sec-Fetch-Mode");
            case "sec-fetch-storage-access" ->
                crossSite(asked) && !asked.headers().containsToken("Sec-Fetch-Mode", "cors");
            // Its absence beside other Sec-Fetch fields says that no person acted.
            case "sec-fetch-user" -> !asked.headers().contains("Sec-Fetch-Mode");
            // The profile's own browser leaves it out on purpose: Firefox does for an XHR.
            case "priority" ->
                identity != ClientIdentity.PROFILE || !asked.headers().contains("Sec-Fetch-Mode");
            default -> true;
        };
    }

    private static String browserValue(Field field, RequestHead asked) {
        if (field.name().equalsIgnoreCase("Accept-Encoding")) {
            return asked.headers().contains("Range")
                    ? IDENTITY // Fetch, HTTP-network-or-cache fetch: a part of what is coded cannot be decoded
                    : trustworthy(asked.origin()) ? field.value() : ContentCodings.forCleartext(field.value());
        }
        if (field.name().equalsIgnoreCase("Sec-Fetch-Site")) {
            String site = FetchSite.of(asked.headers(), asked.origin());
            return site == null ? field.value() : site;
        }
        return field.value();
    }

    /** Fetch Metadata: whether a browser attaches what it knows of storage in a frame of another site. */
    private static boolean crossSite(RequestHead asked) {
        String told = asked.headers().get("Sec-Fetch-Site");
        return "cross-site".equals(told != null ? told : FetchSite.of(asked.headers(), asked.origin()));
    }

    /** Secure Contexts, 3.1: without it browsers send no Fetch Metadata, no client hints, no br and zstd. */
    private static boolean trustworthy(Origin origin) {
        String host = origin.host();
        return origin.secure()
                || host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("::1")
                || origin.ipLiteral() && host.startsWith("127.");
    }

    private static boolean isClientHint(String name) {
        return name.regionMatches(true, 0, "sec-ch-", 0, 7);
    }

    private static Set<String> addedCodings(RequestHead asked, HeaderList out) {
        String offered = out.get("Accept-Encoding");
        if (offered == null || asked.headers().contains("Range")) {
            return Set.of();
        }
        return ContentCodings.added(offered, asked.headers().getAll("Accept-Encoding"));
    }
}
