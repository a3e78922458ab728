package io.hotpool.server.cli;

import java.nio.file.Path;
import java.util.List;

/** How programs are told to trust a root certificate. */
final class TrustHints {
    private TrustHints() {}

    static List<String> lines(Path ca) {
        return """
                The root certificate is %1$s

                One command at a time, nothing installed:
                  scripts/hotpool exec -- COMMAND        sets the proxy and the trust for that command alone
                  curl --cacert %1$s …

                Debian, Ubuntu (whole system):
                  sudo cp %1$s /usr/local/share/ca-certificates/hotpool.crt && sudo update-ca-certificates
                Fedora, RHEL:
                  sudo cp %1$s /etc/pki/ca-trust/source/anchors/hotpool.pem && sudo update-ca-trust
                macOS:
                  sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain %1$s
                Windows (as administrator):
                  certutil -addstore Root %1$s
                Chromium on Linux (package libnss3-tools):
                  mkdir -p ~/.pki/nssdb && certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n hotpool -i %1$s
                Firefox: Settings, Privacy & Security, Certificates, View, Authorities, Import
                Java:
                  keytool -importcert -cacerts -storepass changeit -noprompt -alias hotpool -file %1$s
                Python requests: REQUESTS_CA_BUNDLE=…   Node: NODE_EXTRA_CA_CERTS=%1$s   git: git config http.sslCAInfo …""".formatted(ca).lines().toList();
    }
}
