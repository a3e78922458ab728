package io.hotpool.pool.address;

/**
 * What came of a test of an address.
 *
 * @param status of the answer; 0 when there was none
 */
public record TestResult(End end, int status) {
    /** How a test ended. */
    public enum End {
        ANSWERED,
        UNREACHED,
        /** There was no connection to spare for it: it is due still. */
        POSTPONED,
        /** Nobody uses the host now. */
        UNUSED
    }

    public static final TestResult UNREACHED = new TestResult(End.UNREACHED, 0);
    public static final TestResult POSTPONED = new TestResult(End.POSTPONED, 0);
    public static final TestResult UNUSED = new TestResult(End.UNUSED, 0);

    public TestResult {
        if (end == End.ANSWERED != status > 0) {
            throw new IllegalArgumentException(end + " with status " + status);
        }
    }

    public static TestResult answered(int status) {
        return new TestResult(End.ANSWERED, status);
    }
}
