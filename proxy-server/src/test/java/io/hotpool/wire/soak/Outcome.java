package io.hotpool.wire.soak;

/** How a request of the soak ended for its client. */
enum Outcome {
    /** The whole answer, and the right one. */
    OK,
    /** A problem of hotpool's own that says what went wrong. */
    FAULT,
    /** The answer had begun and was visibly cut. */
    CUT,
    /** The client gave it up itself. */
    LEFT,
    /** The connection ended without an answer, or nothing came in time. */
    NONE,
    /** Another answer than the asked one, or a part of it that looks whole. */
    FALSE
}
