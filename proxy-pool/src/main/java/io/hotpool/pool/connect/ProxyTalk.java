package io.hotpool.pool.connect;

import io.hotpool.pool.UpstreamProxy;
import io.hotpool.pool.fault.Fault;
import io.hotpool.pool.fault.FaultKind;
import io.hotpool.pool.http.Origin;
import io.hotpool.pool.http.Protocol;
import io.hotpool.pool.http.RequestHead;
import io.hotpool.pool.http1.ForwardForm;
import io.hotpool.pool.profile.BrowserProfile;
import io.hotpool.pool.profile.HeaderDresser;
import io.hotpool.pool.tls.TlsRequest;
import io.hotpool.pool.tls.UpstreamTls;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is said to an upstream proxy. TLS to it is the profile's, offering HTTP/1.1 only, as the browser's own would be; its
 * certificate is always verified.
 *
 * @param name of the pool
 * @param tunnel for bytes of unknown content: without User-Agent
 */
record ProxyTalk(UpstreamTls tls, BrowserProfile profile, String name, boolean tunnel, ProxyForms forms) {

    /** @param address of the target, where it is chosen here; null: the name is passed on */
    record Question(
            UpstreamProxy proxy,
            String via,
            Origin target,
            @Nullable InetAddress address) {}

    /** Tickets of the proxy's TLS are shared by those who use it with the same credentials. */
    private record TicketScope(UpstreamProxy proxy) {}

    /** @param answered the channel when the stream to the target stands, or a {@link Fault} without the proxy's name */
    void begin(Channel channel, Question question, Promise<Channel> answered) {
        if (question.proxy.kind() != UpstreamProxy.Kind.HTTPS) {
            ask(channel, question, answered);
            return;
        }
        Origin place = Origin.https(question.proxy.host(), question.proxy.port());
        TlsRequest request =
                new TlsRequest(profile, place, TlsRequest.Form.HTTP1_ONLY, new TicketScope(question.proxy), true);
        channel.pipeline()
                .addLast("proxy-tls", tls.handlerFor(request))
                .addLast(
                        "proxy-handshake",
                        new HandshakeWatch(
                                facts -> ask(channel, question, answered),
                                fault -> tlsFailed(channel, fault, answered)));
    }

    private void ask(Channel channel, Question question, Promise<Channel> answered) {
        UpstreamProxy proxy = question.proxy;
        if (!tunnel && forms.absolute(proxy, question.target)) {
            channel.attr(ForwardForm.KEY).set(new ForwardForm(HttpConnectHandshake.basic(proxy.credentials())));
            answered.setSuccess(channel);
        } else {
            channel.pipeline().addLast("proxy", handshake(question, answered));
        }
    }

    /** Was that a refusal of CONNECT as such, and is there another form to ask in? */
    boolean mayAskOtherwise(UpstreamProxy proxy, Origin target, Fault refusal) {
        return !tunnel
                && refusal.kind() == FaultKind.UPSTREAM_PROXY
                && refusal.getCause() instanceof HttpConnectHandshake.NotAllowed
                && forms.refused(proxy, target);
    }

    private static void tlsFailed(Channel channel, Fault fault, Promise<Channel> answered) {
        channel.close();
        answered.tryFailure(Fault.unprocessed(
                FaultKind.UPSTREAM_PROXY, "cannot be spoken to over TLS: " + fault.detail(), fault.getCause()));
    }

    private ProxyHandshake handshake(Question question, Promise<Channel> answered) {
        UpstreamProxy proxy = question.proxy;
        Origin target = question.target;
        if (proxy.kind().socks()) {
            InetAddress address = question.address != null ? question.address : literal(target.host());
            return new Socks5Handshake(
                    new Socks5Handshake.Request(
                            target.host(), address, target.port(), proxy.credentials(), via(question)),
                    answered);
        }
        String host = question.address == null ? target.host() : NetUtil.toAddressString(question.address);
        String hostPort = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + target.port();
        return new HttpConnectHandshake(
                new HttpConnectHandshake.Request(hostPort, proxy.credentials(), userAgent(target), via(question)),
                answered);
    }

    private String via(Question question) {
        return (question.via.isEmpty() ? "" : question.via + ", ") + "1.1 " + name;
    }

    private static @Nullable InetAddress literal(String host) {
        return NetUtil.createInetAddressFromIpAddressString(host);
    }

    private @Nullable String userAgent(Origin target) {
        if (tunnel) {
            return null;
        }
        return HeaderDresser.align(RequestHead.get(target, "/"), profile, Protocol.H1)
                .head()
                .headers()
                .get("User-Agent");
    }
}
