package io.hotpool.server.cli;

import io.hotpool.server.config.Cidr;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The forms of arguments that several commands take. */
final class Arguments {
    private Arguments() {}

    static final class WholeUrl implements ITypeConverter<URI> {
        @Override
        public URI convert(String text) {
            try {
                URI url = new URI(text);
                if (url.getHost() != null && List.of("http", "https").contains(String.valueOf(url.getScheme()))) {
                    return url;
                }
            } catch (URISyntaxException e) {
                // said below
            }
            throw new TypeConversionException("'" + text + "' is no whole URL such as https://www.example.com/");
        }
    }

    /** Names are not judged: the daemon knows best what it can look up. */
    static final class HostAndPort implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (text.matches("(\\[[0-9a-fA-F:.]+]|[^\\s/?#@\\[\\]:]+)(:\\d{1,5})?")) {
                return text;
            }
            throw new TypeConversionException(
                    "'" + text + "' is not HOST or HOST:PORT, such as www.example.com or [2001:db8::1]:8443");
        }
    }

    static final class Ip implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            try {
                Cidr.parse(text);
                return text;
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    /** A name that stands in quotes in a configuration file, and before the colon of a login. */
    static final class UserName implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (text.isBlank() || text.chars().anyMatch(c -> c < ' ' || c == '"' || c == '\\' || c == ':')) {
                throw new TypeConversionException(
                        "'" + text + "' cannot be a user's name: it must not be empty, nor have : or \" or \\ in it");
            }
            return text;
        }
    }
}
