package io.hotpool.server.config;

import static io.hotpool.server.config.RecordType.Field.optional;
import static io.hotpool.server.config.RecordType.Field.required;

import io.hotpool.pool.Egress;
import io.hotpool.pool.ExchangeOptions.HeaderMode;
import io.hotpool.server.config.HotpoolConfig.Rule;
import io.hotpool.server.config.HotpoolConfig.User;
import io.hotpool.server.config.HotpoolConfig.Warm;
import io.hotpool.server.config.RecordType.Field;
import io.hotpool.server.config.RecordType.Row;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The tables inside of keys: users and rules. */
final class TableTypes {
    private static final Field<Double> LIMIT_RATE = optional(
            "rate", Scalars.number(0.001, 1_000_000), "requests a second; one second's worth may come at once");
    private static final Field<Integer> LIMIT_CONCURRENCY =
            optional("concurrency", Scalars.integer(1, 1_000_000), "requests and tunnels under way");

    static final RecordType<Limit> LIMIT = new RecordType<>(
            "a table",
            List.of(LIMIT_RATE, LIMIT_CONCURRENCY),
            row -> new Limit(
                    Objects.requireNonNullElse(row.get(LIMIT_RATE), 0.0),
                    Objects.requireNonNullElse(row.get(LIMIT_CONCURRENCY), 0)),
            limit -> new Row()
                    .with(LIMIT_RATE, limit.rate() == 0 ? null : limit.rate())
                    .with(LIMIT_CONCURRENCY, limit.concurrency() == 0 ? null : limit.concurrency()));

    private static final Field<String> USER_NAME = required("name", Scalars.NAME, "the user's name");
    private static final Field<String> USER_PASSWORD =
            required("password_hash", PasswordHash.TYPE, "as written by `hotpool passwd`");
    private static final Field<String> USER_PROFILE = optional("profile", Scalars.NAME, "this user's default profile");
    private static final Field<Limit> USER_LIMITS = optional("limits", LIMIT, "this user's own limits");

    static final RecordType<User> USER = new RecordType<>(
            "a table",
            List.of(USER_NAME, USER_PASSWORD, USER_PROFILE, USER_LIMITS),
            row -> new User(row.need(USER_NAME), row.need(USER_PASSWORD), row.get(USER_PROFILE), row.get(USER_LIMITS)),
            user -> new Row()
                    .with(USER_NAME, user.name())
                    .with(USER_PASSWORD, user.passwordHash())
                    .with(USER_PROFILE, user.profile())
                    .with(USER_LIMITS, user.limits()));

    private static final Field<String> HOST =
            required("host", Scalars.HOST_PATTERN, "\"example.com\", \"*.example.com\" (any depth) or \"*\"");
    private static final Field<String> PROFILE = optional("profile", Scalars.NAME, "which browser");
    private static final Field<String> SCHEME =
            optional("scheme", Scalars.oneOfTexts("https", "http"), "https: always over TLS; http: never upgraded");
    private static final Field<HeaderMode> HEADERS =
            optional("headers", Scalars.choice(HeaderMode.class), "align or preserve");
    private static final Field<String> PROTOCOL =
            optional("protocol", Scalars.oneOfTexts("h1", "h2"), "only this protocol");
    private static final Field<Boolean> TUNNEL =
            optional("tunnel", Scalars.BOOLEAN, "true: CONNECT passes bytes and is not intercepted");
    private static final Field<Boolean> VERIFY =
            optional("verify", Scalars.BOOLEAN, "false: the certificate is not checked");
    private static final Field<Duration> TIMEOUT = optional(
            "timeout",
            Scalars.duration(Duration.ofMillis(1), Duration.ofDays(1)),
            "for the whole exchange, from its start to the last byte");

    private static final Field<String> HEALTH =
            optional("health", Scalars.HEALTH_PATH, "path of the requests that check connections to these hosts");
    private static final Field<List<String>> EXPECT =
            optional("expect", Scalars.EXPECTATIONS, "statuses that show a healthy connection, as health.expect");
    private static final Field<Limit> LIMITS =
            optional("limits", LIMIT, "for each host of this rule: { rate, concurrency }");

    private static final Field<Egress> UPSTREAM =
            optional("upstream", new UpstreamType("direct"), "upstream proxy, as upstream.proxy; or \"direct\"");

    private static final Field<HotpoolConfig.ClientFiles> CLIENT_CERTIFICATE = optional(
            "client_certificate", new ClientFilesType(), "shown to origins that ask for one: { cert, key }, PEM files");

    static final RecordType<Rule> RULE = new RecordType<>(
            "a table",
            List.of(
                    HOST,
                    PROFILE,
                    SCHEME,
                    HEADERS,
                    PROTOCOL,
                    TUNNEL,
                    VERIFY,
                    TIMEOUT,
                    HEALTH,
                    EXPECT,
                    LIMITS,
                    UPSTREAM,
                    CLIENT_CERTIFICATE),
            row -> new Rule(
                    row.need(HOST),
                    row.get(PROFILE),
                    row.get(SCHEME),
                    row.get(HEADERS),
                    row.get(PROTOCOL),
                    row.get(TUNNEL),
                    row.get(VERIFY),
                    row.get(TIMEOUT),
                    row.get(HEALTH),
                    row.get(EXPECT),
                    row.get(LIMITS),
                    row.get(UPSTREAM),
                    row.get(CLIENT_CERTIFICATE)),
            rule -> new Row()
                    .with(HOST, rule.host())
                    .with(PROFILE, rule.profile())
                    .with(SCHEME, rule.scheme())
                    .with(HEADERS, rule.headers())
                    .with(PROTOCOL, rule.protocol())
                    .with(TUNNEL, rule.tunnel())
                    .with(VERIFY, rule.verify())
                    .with(TIMEOUT, rule.timeout())
                    .with(HEALTH, rule.health())
                    .with(EXPECT, rule.expect())
                    .with(LIMITS, rule.limits())
                    .with(UPSTREAM, rule.upstream())
                    .with(CLIENT_CERTIFICATE, rule.clientCertificate()));

    private static final Field<String> WARM_HOST = required("host", Scalars.HOST, "a host name or an IP address");
    private static final Field<Integer> WARM_PORT =
            optional("port", Scalars.integer(1, 65535), "443 for https, 80 for http, unless said otherwise");
    private static final Field<String> WARM_SCHEME =
            optional("scheme", Scalars.oneOfTexts("https", "http"), "https unless said otherwise");
    private static final Field<Integer> WARM_COUNT =
            optional("count", Scalars.integer(1, 10_000), "connections that shall be open, 1 unless said otherwise");
    private static final Field<String> WARM_SESSION =
            optional("session", Scalars.NAME, "for requests of that session only");

    static final RecordType<Warm> WARM = new RecordType<>(
            "a table",
            List.of(WARM_HOST, WARM_PORT, WARM_SCHEME, WARM_COUNT, PROFILE, WARM_SESSION),
            row -> new Warm(
                    row.need(WARM_HOST),
                    row.getOr(WARM_PORT, 0),
                    row.getOr(WARM_SCHEME, "https"),
                    row.getOr(WARM_COUNT, 1),
                    row.get(PROFILE),
                    row.getOr(WARM_SESSION, "")),
            warm -> new Row()
                    .with(WARM_HOST, warm.host())
                    .with(WARM_PORT, warm.port() == 0 ? null : Integer.valueOf(warm.port()))
                    .with(WARM_SCHEME, warm.scheme())
                    .with(WARM_COUNT, warm.count())
                    .with(PROFILE, warm.profile())
                    .with(WARM_SESSION, warm.session().isEmpty() ? null : warm.session()));

    private TableTypes() {}
}
