package io.hotpool.pool.profile;

import java.util.Map;

/** What the extensions of a ClientHello are called (IANA, TLS ExtensionType Values), for people. */
public final class ExtensionNames {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "server_name"),
            Map.entry(5, "status_request"),
            Map.entry(10, "supported_groups"),
            Map.entry(11, "ec_point_formats"),
            Map.entry(13, "signature_algorithms"),
            Map.entry(16, "application_layer_protocol_negotiation"),
            Map.entry(17, "status_request_v2"),
            Map.entry(18, "signed_certificate_timestamp"),
            Map.entry(21, "padding"),
            Map.entry(22, "encrypt_then_mac"),
            Map.entry(23, "extended_master_secret"),
            Map.entry(27, "compress_certificate"),
            Map.entry(28, "record_size_limit"),
            Map.entry(34, "delegated_credentials"),
            Map.entry(35, "session_ticket"),
            Map.entry(41, "pre_shared_key"),
            Map.entry(42, "early_data"),
            Map.entry(43, "supported_versions"),
            Map.entry(44, "cookie"),
            Map.entry(45, "psk_key_exchange_modes"),
            Map.entry(49, "post_handshake_auth"),
            Map.entry(50, "signature_algorithms_cert"),
            Map.entry(51, "key_share"),
            Map.entry(17513, "application_settings_old"),
            Map.entry(17613, "application_settings"),
            Map.entry(51764, "trust_anchors"),
            Map.entry(65037, "encrypted_client_hello"),
            Map.entry(65281, "renegotiation_info"));

    private ExtensionNames() {}

    public static String of(int type) {
        return NAMES.getOrDefault(type, "unknown");
    }
}
