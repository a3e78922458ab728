"""Profiles of browsers that cannot be captured here, from what others published (reference/browsers).

Used by make_profile.py. A published signature has the ClientHello, the HTTP/2 opening and one navigation. What it does
not have (other kinds of request, HPACK, HTTP/1.1, ECH lengths) is taken from the captured browser of the same family and
listed in the profile under provenance.assumed.

Not made, because they are another version's facts under a new number or contradict a capture or a signature:
  wreq-util_chrome_149     the facts of Chrome 132; contradicts the signature of Chrome 150
  wreq-util_firefox_151    the facts of Firefox 135
  wreq-util_safari_26.4    the TLS of Safari 18.5; contradicts the signature of Safari 26.0.1
  tls-client_firefox_147   lacks ecdsa_sha1, which Firefox 144 before it and Firefox 153 after it have
  tls-client_firefox_148   has TLS_DHE_RSA suites, which neither of them has
Not made, because nobody published their HTTP/2 opening: Chrome 98 and 99 on Windows, Edge 98, Firefox 91, 98 and 102.
"""
import copy
import json
import os
import re

import tlsfp

HERE = os.path.dirname(os.path.abspath(__file__))
BROWSERS = os.path.join(HERE, "..", "resources", "reference", "browsers")
PUBLISHED = json.load(open(os.path.join(BROWSERS, "published-fingerprints.json")))["profiles"]

CHROME_OPENING = "1:65536;2:0;4:6291456;6:262144|15663105|0|m,a,s,p"
CHROME_OPENING_106 = "1:65536;2:0;3:1000;4:6291456;6:262144|15663105|0|m,a,s,p"
CHROME_OPENING_98 = "1:65536;3:1000;4:6291456;6:262144|15663105|0|m,a,s,p"
FIREFOX_OPENING_117 = ("1:65536;4:131072;5:16384|12517377|"
                       "3:0:0:201,5:0:0:101,7:0:0:1,9:0:7:1,11:0:3:1,13:0:0:241|m,p,a,s")
SAFARI_OPENING_15 = "4:4194304;3:100|10485760|0|m,s,p,a"
SAFARI_IOS_OPENING_17 = "2:0;4:2097152;3:100|10485760|0|m,s,p,a"
PSEUDO = {"m": ":method", "a": ":authority", "s": ":scheme", "p": ":path"}

OTHER_KINDS = "kinds of request other than navigations (order, values, HTTP/2 priority), HPACK, HTTP/1.1, and later frames and ends (WINDOW_UPDATE, PING, GOAWAY, close_notify): as captured from %s"
ECH = "encrypted_client_hello: KDF, AEAD and payload lengths as captured from %s"


def entry(name):
    with open(os.path.join(BROWSERS, name + ".json")) as f:
        return json.load(f)


# ---- TLS

def u16(v):
    return "%04x" % v


def vector(size, codes, width=2):
    return ("%%0%dx" % (2 * size)) % (width * len(codes)) + "".join(("%%0%dx" % (2 * width)) % c for c in codes)


def body(shape):
    """The bytes of an extension whose content does not vary."""
    kind = shape["type"]
    if kind == 5:
        return "%02x00000000" % shape["status_type"]
    if kind == 11:
        return vector(1, shape["formats"], 1)
    if kind == 27:
        return vector(1, shape["algorithms"])
    if kind == 28:
        return u16(shape["limit"])
    if kind == 34:
        return vector(2, shape["algorithms"])
    if kind == 45:
        return vector(1, shape["modes"], 1)
    if kind == 51764:
        assert shape["trust_anchor_ids"] == []
        return "0000"
    if kind == 65281:
        return "00"
    assert shape.get("length", 0) == 0, shape
    return ""


def tls(published, ech, code, shared_x25519=False):
    shape = published["tls"]["shape"]
    order = published["tls"]["extension_order"]
    permuted = order["policy"] == "permuted"
    extensions = [e for e in shape["extensions"] if e["type"] != 41]  # pre_shared_key: the signature is of a resumption
    if permuted:
        inner = [i for i, e in enumerate(extensions) if e["type"] == "GREASE"]
        head, tail = inner[0] + 1, inner[-1]
        extensions[head:tail] = sorted(extensions[head:tail], key=lambda e: e["type"])
    made = []
    for e in extensions:
        kind = e["type"]
        entry = {"type": kind}
        if kind == "GREASE":
            made.append({"type": kind, "data": e["data"]})
            continue
        entry["name"] = e["name"]
        if kind in (0, 35):
            pass
        elif kind in (10, 13, 43):
            entry["codes"] = [code(c) for c in e.get("groups") or e.get("algorithms") or e.get("versions")]
        elif kind in (16, 17513, 17613):
            entry["protocols"] = e["protocols"]
        elif kind == 51:
            entry["groups"] = [code(s["group"]) for s in e["shares"]]
        elif kind == 65037:
            entry.update(ech)
        elif kind == 21:
            entry["target"] = 512
        else:
            entry["data"] = body(e)
        made.append(entry)
    types = [e["type"] for e in made]
    alps = [t for t in (17513, 17613) if t in types]
    websocket = {"drop": alps, "alpn": ["http/1.1"]} if alps else {"alpn": ["http/1.1"]}
    return {"cipher_suites": [code(c) for c in shape["cipher_suites"]], "extensions": made, "permuted": permuted,
            "shared_x25519": shared_x25519, "session_id": shape["session_id_length"], "forms": {"websocket": websocket}}


def expected(published, akamai):
    """JA3 and JA4 of a first connection, from the published fields."""
    shape = copy.deepcopy(published["tls"]["shape"])
    shape["extensions"] = [e for e in shape["extensions"] if e["type"] != 41]
    found = {}
    types = [e["type"] for e in shape["extensions"]]
    if not (21 in types and 65037 in types):  # ECH GREASE of varying length makes padding come and go
        if published["tls"]["extension_order"]["policy"] != "permuted":
            found["ja3"] = tlsfp.ja3(shape)[1]
        found["ja3n"] = tlsfp.ja3(shape, True)[1]
        found["ja4"] = tlsfp.ja4(shape)[0]
    found["akamai"] = akamai
    return found


# ---- HTTP/2

def opening(akamai, settings_names):
    settings, window, priorities, pseudo = akamai.split("|")
    frames = []
    for p in [] if priorities == "0" else priorities.split(","):
        stream, exclusive, depends, weight = (int(x) for x in p.split(":"))
        frames.append({"stream": stream, "depends_on": depends, "exclusive": bool(exclusive), "weight": weight})
    pairs = [tuple(int(x) for x in s.split(":")) for s in settings.split(";")]
    return {
        "settings": [{"id": i, "name": settings_names[i], "value": v} for i, v in pairs],
        "connection_window_update": int(window),
        "pseudo_headers": [PSEUDO[p] for p in pseudo.split(",")],
        "priority_frames": frames,
    }


def http2(base, published, akamai, settings_names, first_stream=None):
    made = copy.deepcopy(base)
    made.update(opening(akamai, settings_names))
    made["first_stream_id"] = first_stream or published["http2"].get("first_stream") or base["first_stream_id"]
    given = published["http2"]["requests"]["navigate"]["priority"]
    if given != "unknown":
        made["priorities"]["navigate"].update(exclusive=given["exclusive"], weight=given["weight"])
    return made


# ---- headers

def navigation(published):
    return [(h["name"], h["value"]) for h in published["http2"]["requests"]["navigate"].get("headers", [])]


def substitute(base, values, accept, image_accept, keep_priority, storage_access=False):
    """The kinds of a captured browser with another version's values."""
    made = {"values": values, "http2": {}, "http1": {}}
    old_accept = next(f for f in base["http2"]["navigate"] if f.startswith("accept: "))[8:]
    old_image = next(f for f in base["http2"]["image"] if f.startswith("accept: "))[8:]
    for protocol in ("http2", "http1"):
        for kind, fields in base[protocol].items():
            lines = []
            for field in fields:
                name, _, value = field.partition(": ")
                if name.lower() == "priority" and not keep_priority:
                    continue
                if name.lower() == "sec-fetch-storage-access" and not storage_access:
                    continue
                if name.lower() == "accept":
                    value = {old_accept: accept, old_image: image_accept}.get(value, value)
                    field = name + ": " + value
                lines.append(field)
            made[protocol][kind] = lines
    return made


def provenance(published, verified, assumed):
    source = published["source"]
    return {"source": "%s %s at %s" % (source["repository"], source["path"], source["commit"][:12]),
            "captured": "not captured here; published, see source", "verified": verified, "assumed": assumed}


VERIFIED = ["nothing was compared with the browser itself; JA3n, JA4 and the Akamai text are those that were published"]


# ---- families

class Families:
    def __init__(self, chromium, firefox, tools):
        self.chromium, self.firefox, self.tools = chromium, firefox, tools
        self.ech = {b["name"]: {k: v for k, v in next(e for e in b["tls"]["extensions"] if e["type"] == 65037).items()
                                if k not in ("type", "name")} for b in (chromium, firefox)}

    def chrome(self, file, name, browser, platform, aliases, akamai=None, brand=None, agent=None, notes=()):
        published = entry(file)
        given = dict(navigation(published))
        akamai = akamai or published["http2"]["akamai"]
        assumed = list(notes) + [OTHER_KINDS % "Chromium 156"]
        base = self.chromium
        values = dict(base["headers"]["values"])
        major = int(published["version"].split(".")[0])
        if not given:
            values.update({"user-agent": agent, "sec-ch-ua": self.tools.brand_list(major, brand),
                           "sec-ch-ua-platform": '"macOS"'})
            accept = ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
                      "application/signed-exchange;v=b3;q=0.7")
            assumed.append("values of all header fields: those of Chrome 136, with the version number and the brand list that Chromium's rule gives")
            priority = True
        else:
            for n in values:
                values[n] = given[n]
            accept = given["accept"]
            priority = "priority" in given
        formats = re.search(r"application/xml;q=0\.9,(.*?),\*/\*;q=0\.8", accept).group(1)
        image = formats + ",image/svg+xml,image/*,*/*;q=0.8"
        if any(e["type"] == 65037 for e in published["tls"]["shape"]["extensions"]):
            assumed.append(ECH % "Chromium 156")
        if any(e["type"] == 21 for e in published["tls"]["shape"]["extensions"]):
            assumed.append("padding: to 512 bytes, as BoringSSL pads a hello of 256 to 511 bytes")
        return self.profile(published, name, browser, platform, aliases, akamai,
                            dict(tls(published, self.ech["chromium-156"], self.tools.code), close_notify=False),
                            http2(base["http2"], published, akamai, self.tools.SETTINGS),
                            substitute(base["headers"], values, accept, image, priority, major >= 133), assumed)

    def firefox_like(self, file, name, browser, platform, aliases, akamai=None, first_stream=None, notes=()):
        published = entry(file)
        given = dict(navigation(published))
        akamai = akamai or published["http2"]["akamai"]
        base = self.firefox
        values = {n: given[n] for n in base["headers"]["values"]}
        assumed = list(notes) + [OTHER_KINDS % "Firefox 153"]
        if any(e["type"] == 65037 for e in published["tls"]["shape"]["extensions"]):
            assumed.append(ECH % "Firefox 153")
        if any(e["type"] == 21 for e in published["tls"]["shape"]["extensions"]):
            assumed.append("padding: to 512 bytes, as NSS pads a hello of 256 to 511 bytes")
        image = next(f for f in base["headers"]["http2"]["image"] if f.startswith("accept: "))[8:]
        if "priority" not in given:
            image = "image/avif,image/webp,*/*"
            assumed.append("Accept for images: that of Firefox before version 128")
        headers = substitute(base["headers"], values, given["accept"], image, "priority" in given)
        if "sec-gpc" in given:
            headers = with_gpc(headers)
        hybrid = any(s["group"] == 4588 for e in published["tls"]["shape"]["extensions"] if e["type"] == 51
                     for s in e["shares"])
        made = tls(published, self.ech["firefox-153"], self.tools.code, hybrid)
        types = [e["type"] for e in made["extensions"]]
        forms = copy.deepcopy(self.firefox["tls"]["forms"])
        for form in forms.values():
            form["drop"] = [t for t in form.get("drop", []) if t in types]
            if 65037 not in types:
                form.pop("ech_payload_step", None)
            if not form["drop"]:
                del form["drop"]
        made["forms"] = {k: v for k, v in forms.items() if v}
        assumed.append("what leaves the hello on WebSocket, resumed and retried connections: as captured from Firefox 153")
        shape = http2(base["http2"], published, akamai, self.tools.SETTINGS, first_stream)
        return self.profile(published, name, browser, platform, aliases, akamai, made, shape, headers, assumed)

    def safari(self, file, name, platform, aliases, akamai=None, agent=None, weight=256, values_of=None, notes=()):
        published = entry(file)
        given = dict(navigation(entry(values_of) if values_of else published))
        akamai = akamai or published["http2"]["akamai"]
        if agent:
            given["user-agent"] = agent
        assumed = list(notes) + [
            "kinds of request other than navigations: a navigation's order with Accept and Sec-Fetch values by kind",
            "HTTP/1.1: the same order behind Host, names capitalised, Connection last",
            "HPACK: everything indexed but :path, Huffman where it is shorter, one field for all cookies"]
        if published["http2"]["requests"]["navigate"]["priority"] == "unknown":
            assumed.append("HEADERS priority: weight %d, not exclusive, as client libraries send for this family" % weight)
        if any(e["type"] == 21 for e in published["tls"]["shape"]["extensions"]):
            assumed.append("padding: to 512 bytes, as BoringSSL pads a hello of 256 to 511 bytes")
        priority = {"exclusive": False, "weight": weight, "depends_on_previous": False}
        shape = opening(akamai, self.tools.SETTINGS)
        shape.update(stream_window_update=0, first_stream_id=1,
                     priorities={k: dict(priority) for k in ("navigate", "fetch", "image")},
                     hpack={"never_indexed": [], "without_indexing": [":path"], "path_name_index": 4,
                            "huffman": "when_shorter", "cookie_crumbs": False, "never_index_cookie_shorter_than": 0})
        order = ["settings", "connection_window_update", "stream_window_update", "first_stream_id", "pseudo_headers",
                 "priorities", "priority_frames", "hpack"]
        return self.profile(published, name, "safari", platform, aliases, akamai,
                            tls(published, None, self.tools.code), {k: shape[k] for k in order},
                            safari_headers(given), assumed)

    def okhttp(self):
        """OkHttp 4 on Android 10 to 13: BoringSSL's hello with the order of its published JA3."""
        published = entry("wreq-util_okhttp_4.12_5")
        facts = published["facts"]
        ja3 = next(p for p in PUBLISHED if p["profile"] == "Okhttp4Android13")
        _, suites, types, groups, _ = ja3["ja3"].split(",")
        assert [int(g) for g in groups.split("-")] == facts["groups"]
        lists = {10: {"groups": facts["groups"]}, 13: {"algorithms": facts["signature_algorithms"]},
                 43: {"versions": [772, 771]}, 16: {"protocols": ["h2", "http/1.1"]}, 51: {"shares": [{"group": 29}]},
                 5: {"status_type": 1}, 11: {"formats": [0]}, 45: {"modes": [1]}}
        shape = {"legacy_version": 771, "session_id_length": 32, "cipher_suites": [int(c) for c in suites.split("-")],
                 "extensions": [dict({"type": int(t), "name": tlsfp.EXT[int(t)]}, **lists.get(int(t), {}))
                                for t in types.split("-")]}
        like = {"tls": {"shape": shape, "extension_order": {"policy": "fixed"}}, "source": published["source"],
                "version": "4.12.0", "http2": {"requests": {"navigate": {"priority": "unknown"}}}}
        got = expected(like, ja3["akamai"])
        assert got["ja3"] == ja3["ja3_md5"], got
        h2 = opening(ja3["akamai"], self.tools.SETTINGS)
        h2.update(stream_window_update=0, first_stream_id=3, priorities={},
                  hpack={"never_indexed": [], "without_indexing": [":path", ":method", ":scheme"], "path_name_index": 4,
                         "huffman": "when_shorter", "cookie_crumbs": False, "never_index_cookie_shorter_than": 0})
        order = ["settings", "connection_window_update", "stream_window_update", "first_stream_id", "pseudo_headers",
                 "priorities", "priority_frames", "hpack"]
        fields = ["*", "Content-Type", "Content-Length", "Host", "Connection: Keep-Alive", "Accept-Encoding: gzip", "Cookie",
                  "User-Agent"]
        h2_fields = [f.lower() for f in fields if not f.startswith(("Host", "Connection"))]
        websocket = ["Upgrade", "Connection: Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
                     "Sec-WebSocket-Extensions", "*", "Host", "Accept-Encoding: gzip", "Cookie", "User-Agent"]
        return self.profile(
            like, "okhttp-4.12", "okhttp", "android", ["okhttp", "okhttp-latest", "okhttp-4"], ja3["akamai"],
            tls(like, None, self.tools.code), {k: h2[k] for k in order},
            {"values": {"user-agent": "okhttp/4.12.0"}, "http2": {"navigate": h2_fields, "fetch": h2_fields},
             "http1": {"navigate": fields, "fetch": fields, "websocket": websocket}},
            ["cipher suites and extension order: the published JA3 of bogdanfinn/tls-client for OkHttp 4 on Android 10 to 13; groups and signature algorithms: the named source",
             "contents of key_share, supported_versions, psk_key_exchange_modes, status_request and padding: BoringSSL's defaults",
             "header order, HPACK and first stream id: from OkHttp's sources (BridgeInterceptor, Hpack.Writer, Http2Connection)"])

    def profile(self, published, name, browser, platform, aliases, akamai, tls_part, http2_part, headers, assumed):
        return {"name": name, "browser": browser, "version": published["version"], "platform": platform,
                "aliases": aliases, "provenance": provenance(published, VERIFIED, assumed), "tls": tls_part,
                "http2": http2_part, "headers": headers, "expected": expected(published, akamai)}


def with_gpc(headers):
    headers["values"]["sec-gpc"] = "1"
    for protocol, name in (("http2", "sec-gpc"), ("http1", "Sec-GPC")):
        for kind, fields in headers[protocol].items():
            if kind != "preflight":
                names = [f.lower() for f in fields]
                at = names.index("accept-encoding") + 1 if kind != "media" else names.index("range") + 1
                fields.insert(at, name)
    return headers


def safari_headers(given):
    shared = {n: given[n] for n in ("user-agent", "accept-encoding", "accept-language")}
    order = list(given)
    kinds = {
        "navigate": {},
        "form": {"sec-fetch-site": "same-origin"},
        "iframe": {"sec-fetch-dest": "iframe", "sec-fetch-site": "same-origin"},
        "style": {"accept": "text/css,*/*;q=0.1", "sec-fetch-dest": "style", "sec-fetch-mode": "no-cors"},
        "script": {"accept": "*/*", "sec-fetch-dest": "script", "sec-fetch-mode": "no-cors"},
        "image": {"accept": "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
                  "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors"},
        "font": {"accept": "*/*", "sec-fetch-dest": "font", "sec-fetch-mode": "cors"},
        "fetch": {"accept": "*/*", "sec-fetch-dest": "empty", "sec-fetch-mode": "cors"},
    }
    places = {"form": ["content-type", "origin", "content-length"], "fetch": ["content-type", "origin", "content-length"]}
    made = {"values": shared, "http2": {}, "http1": {}}
    for kind, changed in kinds.items():
        lines = ["*"] + places.get(kind, ["origin"])
        for n in order:
            value = changed.get(n, given[n])
            if n == "sec-fetch-site" and kind not in ("navigate", "form", "iframe"):
                value = "same-origin"
            if n == "priority" and kind not in ("navigate", "form", "iframe"):
                value = {"style": "u=1", "script": "u=1", "image": "u=5, i"}.get(kind, "u=3, i")
            lines.append(n if n in shared else "%s: %s" % (n, value))
            if n == "accept-language" or n == "user-agent" and "accept-language" not in order:
                lines.append("cookie")
        lines += ["referer"]
        made["http2"][kind] = lines
        h1 = ["Host"] + [capitalised(line) for line in lines if not line.startswith("priority")] + ["Connection: keep-alive"]
        made["http1"][kind] = h1
    made["http1"]["websocket"] = ["Host", "*", "Sec-WebSocket-Version", "Upgrade: websocket", "Sec-WebSocket-Key", "Cookie",
                                  "User-Agent", "Connection: Upgrade", "Sec-WebSocket-Extensions",
                                  "Sec-WebSocket-Protocol", "Origin", "Cache-Control: no-cache", "Pragma: no-cache",
                                  "Accept-Language", "Accept-Encoding"]
    return made


def capitalised(line):
    name, colon, value = line.partition(": ")
    return "-".join(p.capitalize() for p in name.split("-")) + colon + value


def all_profiles(chromium, firefox, tools):
    """Newest first within a family."""
    f = Families(chromium, firefox, tools)
    mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%s.0.0.0 Safari/537.36"
    ios = "Mozilla/5.0 (iPhone; CPU iPhone OS %s like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%s Mobile/15E148 Safari/604.1"
    by_hash = "HTTP/2 opening: the one whose hash others published for this version (published-fingerprints.json, %s)"
    yield f.chrome("chrome_150.0.7871.127_macOS", "chrome-150", "chrome", "macos", [])
    yield f.chrome("tls-client_chrome_146", "chrome-146", "chrome", "macos", [], agent=mac % 146, brand="Google Chrome",
                   notes=["platform: not published; macOS as in the signatures of the neighbouring versions",
                          "extension order: permuted, where the published profile has a fixed one"])
    for version, file in ((136, "chrome_136.0.7103.93"), (133, "chrome_133.0.6943.55"), (131, "chrome_131.0.6778.86"),
                          (123, "chrome_123.0.6312.124"), (120, "chrome_120.0.6099.109_macOS"),
                          (119, "chrome_119.0.6045.199_macOS")):
        resumed = ["pre_shared_key is left out: the published signature is that of a resumed connection"] if version in (119, 120) else []
        yield f.chrome(file, "chrome-%d" % version, "chrome", "macos", [], notes=resumed)
    yield f.chrome("chrome_116.0.5845.180_win10", "chrome-116", "chrome", "windows", [], CHROME_OPENING_106, notes=[by_hash % "Chrome116"])
    yield f.chrome("chrome_110.0.5481.177_win10", "chrome-110", "chrome", "windows", [], CHROME_OPENING_106, notes=[by_hash % "Chrome108 and Chrome114"])
    yield f.chrome("chrome_104.0.5112.81_win10", "chrome-104", "chrome", "windows", [], CHROME_OPENING_98, notes=[by_hash % "Chrome104"])
    yield f.chrome("chrome_100.0.4896.127_win10", "chrome-100", "chrome", "windows", [], CHROME_OPENING_98, notes=[by_hash % "Chrome100"])
    yield f.chrome("chrome_99.0.4844.73_android12-pixel6", "chrome-99-android", "chrome", "android", ["chrome-android", "chrome-android-99"],
                   CHROME_OPENING_98, notes=["HTTP/2 opening: that of Chrome 100, none was published for 99"])
    yield f.chrome("edge_120.0.2210.61_linux", "edge-120", "edge", "linux", ["edge", "edge-latest"])
    yield f.chrome("edge_118.0.2088.76_linux", "edge-118", "edge", "linux", [])
    yield f.chrome("edge_101.0.1210.47_win10", "edge-101", "edge", "windows", [], CHROME_OPENING_98, notes=[by_hash % "Edge101"])
    yield f.chrome("tls-client_brave_146", "brave-146", "brave", "macos", ["brave", "brave-latest"], agent=mac % 146, brand="Brave",
                   notes=["platform: not published; macOS as in the signatures of Chrome", "Sec-GPC, which Brave sends, is not in the published order and is left out"])
    yield f.firefox_like("firefox_144.0.0_linux", "firefox-144", "firefox", "macos", [])
    yield f.firefox_like("firefox_133.0.3_linux", "firefox-133", "firefox", "macos", [])
    yield f.firefox_like("lwthiker_firefox_117.0.1_win10", "firefox-117", "firefox", "windows", [], FIREFOX_OPENING_117, 15,
                         ["HTTP/2 opening: that of bogdanfinn/tls-client's Firefox_117, whose JA3 is that of this signature"])
    yield f.firefox_like("tor_14.5_macOS", "tor-14.5", "tor", "macos", ["tor", "tor-latest", "tor-14"])
    yield f.safari("safari_26.0.1_macOS", "safari-26.0.1", "macos", ["safari", "safari-latest", "safari-26"])
    yield f.safari("safari_26.0_macOS", "safari-26.0", "macos", [])
    yield f.safari("safari_18.0_macOS", "safari-18.0", "macos", ["safari-18"])
    yield f.safari("safari_17.0_macOS", "safari-17.0", "macos", ["safari-17"], weight=255)
    yield f.safari("safari_15.3_macos11.6.4", "safari-15.3", "macos", ["safari-15"], SAFARI_OPENING_15, weight=255,
                   notes=[by_hash % "Safari15_3"])
    yield f.safari("tls-client_safari_ios_26_0", "safari-26.0-ios", "ios", ["safari-ios", "safari-ios-latest", "safari-26-ios"],
                   agent=ios % ("18_6", "26.0"), values_of="safari_26.0.1_macOS",
                   notes=["values of header fields: those of Safari 26.0.1 on macOS with an iPhone's User-Agent"])
    yield f.safari("tls-client_safari_ios_18_5", "safari-18.5-ios", "ios", ["safari-18-ios"], agent=ios % ("18_5", "18.5"),
                   values_of="safari_18.4_iOS", notes=["values of header fields: those of Safari 18.4 on iOS with the version number"])
    yield f.safari("safari_18.4_iOS", "safari-18.4-ios", "ios", [])
    yield f.safari("safari_18.0_iOS", "safari-18.0-ios", "ios", [])
    yield safari_ios_17(f, ios)
    yield f.okhttp()


def safari_ios_17(families, ios):
    """No file of its own: a published JA3 and HTTP/2 text, whose JA3 is that of Safari 17.0 on macOS."""
    published = next(p for p in PUBLISHED if p["profile"] == "Safari_IOS_17_0")
    assert published["akamai"] == SAFARI_IOS_OPENING_17
    made = families.safari("safari_17.0_macOS", "safari-17.0-ios", "ios", ["safari-17-ios"], SAFARI_IOS_OPENING_17,
                           ios % ("17_0", "17.0"), 255, notes=[
                               "signature algorithms and contents of extensions: those of Safari 17.0 on macOS, whose JA3 is the same",
                               "values and order of header fields: those of Safari 17.0 on macOS with an iPhone's User-Agent"])
    assert made["expected"]["ja3"] == published["ja3_md5"]
    made["provenance"]["source"] = "%s, profile Safari_IOS_17_0 (JA3 and HTTP/2 text)" % published["source"]
    return made
