/** The daemon on the wire: real clients, real servers, and origins that misbehave. Tags name the numbered checks. */
package io.hotpool.wire;
