package io.hotpool.server.metrics;

/** The classes of HTTP status as label values. */
enum StatusClass {
    NONE("none"),
    INFORMATIONAL("1xx"),
    SUCCESS("2xx"),
    REDIRECTION("3xx"),
    CLIENT_ERROR("4xx"),
    SERVER_ERROR("5xx");

    private final String label;

    StatusClass(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** {@link #NONE} for what is no status. */
    static StatusClass of(int status) {
        return status < 100 || status > 599 ? NONE : values()[status / 100];
    }
}
