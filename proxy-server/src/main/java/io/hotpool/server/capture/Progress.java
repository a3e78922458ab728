package io.hotpool.server.capture;

/**
 * How far a capture has come.
 *
 * @param reached of {@code total} steps
 * @param connections recorded so far
 * @param doing what the last step was
 * @param problem of the last connection that failed in its handshake; empty: none did
 */
public record Progress(int reached, int total, int connections, String doing, String problem) {}
