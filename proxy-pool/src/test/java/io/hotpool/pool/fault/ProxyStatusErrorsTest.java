package io.hotpool.pool.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The error types of RFC 9209, section 2.3, by the status that it recommends; 0: the one that fits. */
class ProxyStatusErrorsTest {
    private static final Map<String, Integer> REGISTERED = registered();

    /** Where another status says more than the recommended one; all of them as the contract has them. */
    private static final Map<FaultKind, Integer> OTHER_STATUS = Map.of(
            FaultKind.PROXY_AUTHENTICATION, 407,
            FaultKind.RATE_LIMITED, 429,
            FaultKind.LOOP_DETECTED, 508,
            FaultKind.CLIENT_GONE, 499,
            FaultKind.VALIDATION_FAILED, 502,
            FaultKind.UPSTREAM_PROXY, 502);

    private static Map<String, Integer> registered() {
        Map<String, Integer> all = new HashMap<>();
        for (String error : """
                dns_error destination_ip_prohibited destination_ip_unroutable connection_refused connection_terminated
                tls_protocol_error tls_certificate_error tls_alert_received http_response_incomplete
                http_response_header_section_size http_response_header_size http_response_body_size
                http_response_trailer_section_size http_response_trailer_size http_response_transfer_coding
                http_response_content_coding http_upgrade_failed http_protocol_error proxy_loop_detected
                """.strip().split("\\s+")) {
            all.put(error, 502);
        }
        for (String error :
                "dns_timeout connection_timeout connection_read_timeout connection_write_timeout http_response_timeout"
                        .split(" ")) {
            all.put(error, 504);
        }
        for (String error : "destination_not_found proxy_internal_error proxy_configuration_error".split(" ")) {
            all.put(error, 500);
        }
        all.put("destination_unavailable", 503);
        all.put("connection_limit_reached", 503);
        all.put("http_request_denied", 403);
        all.put("http_request_error", 0);
        all.put("proxy_internal_response", 0);
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void each_kind_has_a_registered_error_and_the_status_that_goes_with_it(FaultKind kind) {
        assertThat(REGISTERED).containsKey(kind.proxyError());
        int recommended = REGISTERED.get(kind.proxyError());
        int expected = OTHER_STATUS.getOrDefault(kind, recommended == 0 ? kind.status() : recommended);
        assertThat(kind.status()).isEqualTo(expected);
        boolean aboutTheRequest = kind.proxyError().startsWith("http_request_");
        assertThat(aboutTheRequest)
                .isEqualTo(kind.side() == FaultKind.Side.CLIENT && !kind.quiet() && kind != FaultKind.LOOP_DETECTED);
    }

    @Test
    void a_name_server_that_is_silent_is_told_apart_from_a_server_that_is() {
        Fault late = Fault.of(FaultKind.CONNECT_TIMEOUT, "late");
        assertThat(late.proxyError()).isEqualTo("connection_timeout");
        assertThat(late.during(new DialProgress(DialProgress.Stage.DNS, 0, 0))
                        .attempts(2)
                        .proxyError())
                .isEqualTo("dns_timeout");
        assertThat(late.during(new DialProgress(DialProgress.Stage.TLS, 1, 1)).proxyError())
                .isEqualTo("connection_timeout");
    }
}
