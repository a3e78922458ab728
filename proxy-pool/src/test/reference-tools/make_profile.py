#!/usr/bin/env python3
"""Makes profile files (src/main/resources/profiles) from captures (src/test/resources/reference/clients) and, with
make_published_profiles.py, from what others published (src/test/resources/reference/browsers).

    python3 make_profile.py            writes every profile and the index
    python3 make_profile.py --check    exit 1 when a file differs from what would be written

A capture says what was seen; the few things that it cannot say are in this file and are listed in the
profile under provenance.assumed.
"""
import argparse
import json
import os
import struct
import sys

sys.dont_write_bytecode = True
import make_published_profiles as published  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = os.path.join(HERE, "..", "resources", "reference", "clients")
REQUESTS = os.path.join(HERE, "..", "resources", "reference", "requests")
PROFILES = os.path.join(HERE, "..", "..", "main", "resources", "profiles")

SETTINGS = {1: "HEADER_TABLE_SIZE", 2: "ENABLE_PUSH", 3: "MAX_CONCURRENT_STREAMS", 4: "INITIAL_WINDOW_SIZE",
            5: "MAX_FRAME_SIZE", 6: "MAX_HEADER_LIST_SIZE", 8: "ENABLE_CONNECT_PROTOCOL", 9: "NO_RFC7540_PRIORITIES"}

# The first request of a kind gives the browser's own values, all of them together the order.
KINDS = {
    "navigate": ["navigate", "navigate_with_cookies", "navigate_cross_site", "reload"],
    "form": ["form_post"],
    "iframe": ["iframe"],
    "style": ["style"],
    "script": ["script"],
    "image": ["image"],
    "font": ["font"],
    "fetch": ["fetch", "fetch_post_json", "fetch_put", "cors_fetch_post", "cors_fetch_credentials"],
    "xhr": ["xhr", "xhr_post"],
    "preflight": ["cors_preflight"],
    "icon": ["icon"],
    "media": ["media"],
    "websocket": ["websocket"],
}
# Fields that come from the page, the user or the request: their place is the browser's, their value never.
FROM_CLIENT = {"host", "cookie", "referer", "origin", "content-length", "content-type", "pragma", "cache-control",
               "access-control-request-method", "access-control-request-headers", "sec-websocket-key",
               "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-protocol",
               "if-none-match", "if-modified-since", "range", "if-range"}
SHARED = ["user-agent", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "accept-encoding", "accept-language", "te"]


def load(name):
    """The capture, with the media request of the collection of requests."""
    with open(os.path.join(CLIENTS, name + ".json")) as f:
        capture = json.load(f)
    with open(os.path.join(REQUESTS, name + ".json")) as f:
        requests = json.load(f)["requests"]
    for protocol, short in (("http2", "h2"), ("http1", "h1")):
        media = next(r for r in requests if r["protocol"] == short and r["name"] == "media")
        capture[protocol]["requests"]["media"] = dict(media, priority={
            "weight": media["weight"], "exclusive": capture["http2"]["requests"]["image"]["priority"]["exclusive"]})
    return capture


# ---- TLS

def code(value):
    return "GREASE" if value == "GREASE" or is_grease(value) else "0x%04x" % value


def is_grease(value):
    return isinstance(value, int) and value & 0x0f0f == 0x0a0a and value >> 8 == value & 0xff


def hello_extensions(record_hex):
    """type -> body of a ClientHello in a TLS record."""
    data = bytes.fromhex(record_hex)[5 + 4 + 2 + 32:]
    data = data[1 + data[0]:]
    data = data[2 + struct.unpack(">H", data[:2])[0]:]
    data = data[1 + data[0]:]
    data = data[2:2 + struct.unpack(">H", data[:2])[0]]
    found = {}
    while data:
        kind, length = struct.unpack(">HH", data[:4])
        found[kind] = data[4:4 + length]
        data = data[4 + length:]
    return found


def extension(shape, allowed, raw):
    kind = shape["type"]
    entry = {"type": code(kind) if kind == "GREASE" else kind}
    if kind == "GREASE":
        entry["data"] = shape["data"]
        return entry
    entry["name"] = shape["name"]
    if kind in (0, 35):
        pass
    elif kind in (10, 13, 43):
        entry["codes"] = [code(c) for c in shape.get("groups") or shape.get("algorithms") or shape.get("versions")]
    elif kind in (16, 17513, 17613):
        entry["protocols"] = shape["protocols"]
    elif kind == 51:
        entry["groups"] = [code(s["group"]) for s in shape["shares"]]
    elif kind == 65037:
        entry.update(kdf=shape["kdf"], aeads=allowed["ech_aeads"], enc_length=shape["enc_length"],
                     payload_lengths=allowed["ech_payload_lengths"])
    else:
        entry["data"] = raw[kind].hex()
    return entry


ECH_STEP = 32


def variation(fresh, case):
    def types(c):
        return [e["type"] for e in c["shape"]["extensions"]]

    def protocols(c):
        return next((e["protocols"] for e in c["shape"]["extensions"] if e["type"] == 16), [])

    found = {}
    drop = sorted(t for t in types(fresh) if t != "GREASE" and t not in types(case))
    if drop:
        found["drop"] = drop
    if protocols(case) != protocols(fresh):
        found["alpn"] = protocols(case)
    lengths = case["allowed"]["ech_payload_lengths"]
    if not set(lengths) <= set(fresh["allowed"]["ech_payload_lengths"]):
        found.update(ech_beside_ticket(fresh, case, lengths))
    return found


def ech_beside_ticket(fresh, case, lengths):
    """A rule, where one holds in every hello: a first hello's length and that of pre_shared_key, rounded up."""
    first = fresh["allowed"]["ech_payload_lengths"]
    for sample in case["samples"]:
        body = hello_extensions(sample)
        ech, psk = body[65037], len(body[41])
        at = 8 + struct.unpack(">H", ech[6:8])[0]
        if struct.unpack(">H", ech[at:at + 2])[0] - -(-psk // ECH_STEP) * ECH_STEP not in first:
            return {"ech_payload_lengths": lengths}
    return {"ech_payload_step": ECH_STEP}


def tls(capture, shared_x25519):
    cases = capture["tls"]["cases"]
    fresh = cases["fresh"]
    shape = fresh["shape"]
    raw = hello_extensions(fresh["samples"][0])
    extensions = shape["extensions"]
    permuted = fresh["extension_order"]["policy"] == "permuted"
    if permuted:  # the order means nothing: by type, so that files of one family can be compared
        middle = sorted(extensions[1:-1], key=lambda e: e["type"])
        extensions = extensions[:1] + middle + extensions[-1:]
    forms = {}
    for form, case in (("websocket", "alpn_http1_only"), ("resumed", "resumed"), ("resumed_tls12", "resumed_tls12"),
                       ("retry", "retry")):
        if case in cases and variation(fresh, cases[case]):
            forms[form] = variation(fresh, cases[case])
    return {
        "cipher_suites": [code(c) for c in shape["cipher_suites"]],
        "extensions": [extension(e, fresh["allowed"], raw) for e in extensions],
        "permuted": permuted,
        "shared_x25519": shared_x25519,
        "session_id": shape["session_id_length"],
        "forms": forms,
    }


# ---- HTTP/2

def http2(capture, hpack, depends_on_previous, upkeep):
    h2 = capture["http2"]
    priorities = {}
    for kind, requests in KINDS.items():
        if requests[0] in h2["requests"]:
            p = h2["requests"][requests[0]]["priority"]
            priorities[kind] = {"exclusive": p["exclusive"], "weight": p["weight"],
                                "depends_on_previous": depends_on_previous}
    per_stream = [f for f in h2["frame_sequence"] if f[1] == "WINDOW_UPDATE" and f[2] != 0]
    return {
        "settings": [{"id": i, "name": SETTINGS[i], "value": v} for i, v in h2["settings"]],
        "connection_window_update": h2["window_update"],
        "stream_window_update": per_stream[0][3] if per_stream and per_stream[0][2] == h2["first_stream"] else 0,
        "first_stream_id": h2["first_stream"],
        "pseudo_headers": h2["requests"]["navigate"]["pseudo_order"],
        "priorities": priorities,
        "priority_frames": h2["priority_frames"],
        "hpack": hpack,
        "upkeep": upkeep,
    }


# ---- headers

def fields(request):
    pairs = [(h["name"], h["value"]) if isinstance(h, dict) else tuple(h) for h in request["headers"]]
    found = []
    for name, value in pairs:
        if name.startswith(":") or name in [n for n, _ in found]:
            continue
        found.append(("*", "") if name.lower() == "x-custom" else (name, value))
    return found


def merge(order, more):
    """Puts the names of more that order does not have behind the name they follow."""
    for i, name in enumerate(more):
        if name not in order:
            before = [order.index(n) for n in more[:i] if n in order]
            order.insert(max(before) + 1 if before else 0, name)
    return order


def kind_fields(requests, names, places, never):
    own = dict(fields(requests[names[0]]))
    order = [n for n, _ in fields(requests[names[0]])]
    for name in names[1:]:
        if name in requests:
            merge(order, [n for n, _ in fields(requests[name])])
    order = [n for n in order if n.lower() not in never]
    for name, after in places:
        add_place(order, name, after)
    kept = {"cache-control", "pragma"} & {n.lower() for n in own}  # what this kind of request always has
    listed = [tuple(n.split(": ")) if ": " in n else (n, "" if n.lower() in FROM_CLIENT - kept else own.get(n, ""))
              for n in order]
    return [(n.rstrip(OWN), v if OWN not in n else "") for n, v in listed]


OWN = "!"  # behind a name: the place of the page's own value, where the browser's has another


def add_place(order, name, after):
    if name in order:
        return
    before = [i for i, n in enumerate(order) if n.lower() in after]
    order.insert(max(before) + 1 if before else 0, name)


def headers(capture, places, values, never=lambda kind: ()):
    result = {"values": values, "http2": {}, "http1": {}}
    for protocol in ("http2", "http1"):
        requests = capture[protocol]["requests"]
        for kind, names in KINDS.items():
            if names[0] not in requests:
                continue
            cased = [(p if protocol == "http1" or p == "*" else p.lower(), a) for p, a in places(protocol, kind)]
            lines = []
            for name, value in kind_fields(requests, names, cased, never(kind)):
                shared = values.get(name.lower())
                lines.append(name if not value or value == shared else "%s: %s" % (name, value))
            result[protocol][kind] = lines
    return result


def shared_values(capture):
    seen = dict((n.lower(), v) for n, v in fields(capture["http2"]["requests"]["navigate"]))
    return {n: seen[n] for n in SHARED if n in seen}


# ---- browsers

BODY_KINDS = ("form", "fetch", "xhr")
STORAGE = "Sec-Fetch-Storage-Access"
STORAGE_KINDS = ("iframe", "style", "script", "image", "media")


def chromium_places(protocol, kind):
    """Names and what they stand behind; order matters. As in reference/requests/chromium-156.json."""
    places = []
    head = {"host", "connection", "content-length"}
    if kind in BODY_KINDS:
        places.append(("Content-Length", {"host", "connection"}))
        places.append(("Content-Type", {"content-length", "connection", "upgrade-insecure-requests", "sec-ch-ua"}))
    if kind == "websocket":
        places.append(("*", {"sec-websocket-version"}))
        places.append(("Sec-WebSocket-Protocol", {"sec-websocket-extensions"}))
    else:
        places.append(("Cache-Control", head))
        places.append(("Pragma", head))
        places.append(("*", head | {"cache-control"}))
        places.append(("Origin", {"user-agent"} if kind in ("navigate", "iframe") else
                       {"*"} if kind in ("style", "script", "image", "media", "icon") else {"accept"}))
        places.append(("Referer", {"sec-fetch-dest"}))
    if kind in ("fetch", "xhr"):  # where a page's own fields come, as far as there are few of them
        places.append(("X-CSRF-Token", {"sec-ch-ua-platform"}))
        places.append(("X-Requested-With", {"sec-ch-ua-platform"}))
        places.append(("Authorization", {"sec-ch-ua-platform"}))
        places.append(("X-Api-Key", {"content-type"}))
        places.append(("Accept" + OWN, {"user-agent"}))
    if kind in STORAGE_KINDS:
        places.append((STORAGE + ": none", {"sec-fetch-dest"}))
    elif kind in ("fetch", "xhr"):
        places.append((STORAGE, {"sec-fetch-dest"}))
    places.append(("Cookie", {"accept-language"}))
    if kind in ("style", "script", "image"):  # the renderer's own cache asks
        places.append(("If-None-Match", {"accept"}))
        places.append(("If-Modified-Since", {"if-none-match"}))
    elif kind not in ("websocket", "preflight"):
        if kind in ("navigate", "fetch", "xhr", "media"):
            places.append(("Range", {"cookie"}))
            places.append(("If-Range", {"range"}))
        places.append(("If-None-Match", {"cookie", "if-range"}))
        places.append(("If-Modified-Since", {"if-none-match"}))
    return places


def firefox_places(protocol, kind):
    """As in reference/requests/firefox-esr-153.json. Content-Type of fetch and XHR is one of the page's fields."""
    places = []
    if kind in ("navigate", "iframe"):
        places.append(("Referer", {"accept-encoding", "connection"}))
    elif kind == "media":
        places.append(("Range", {"accept-language"}))
        places.append(("Referer", {"range", "connection"}))
    elif kind not in ("websocket", "preflight"):
        places.append(("Referer", {"accept-encoding"}))
    places.append(("*", {"accept-language"} if kind == "media" else
                   {"accept-encoding", "referer"} if kind == "fetch" else {"accept-encoding"}))
    if kind == "websocket":
        places.append(("Sec-WebSocket-Protocol", {"sec-websocket-version", "origin"}))
        places.append(("Cookie", {"connection"}))
    elif kind != "preflight":
        if kind in ("navigate", "iframe", "fetch", "xhr"):
            places.append(("Origin", {"*"}))
        else:
            places.append(("Origin", {"*"} if kind == "font" else {"referer"}))
        if kind in STORAGE_KINDS:
            places.append((STORAGE + ": none", {"*"}))
        elif kind in ("fetch", "xhr"):
            places.append((STORAGE, {"origin"}))
        places.append(("Cookie", {"referer", "connection", "origin", "content-length"}))
        places.append(("If-Modified-Since", {"sec-fetch-site", "sec-fetch-user", "accept-encoding"}))
        places.append(("If-None-Match", {"if-modified-since"}))
        places.append(("Priority", {"if-none-match"}))
        before_te = {"priority", "if-none-match"}
        places.append(("Pragma", before_te))
        places.append(("Cache-Control", {"pragma"}))
        if kind in ("fetch", "xhr"):
            places.append(("Content-Length: 0", before_te))
    return places


ASSUMED_PLACES = "places of fields that a page, a person or a cache may add, for kinds of request where reference/requests has none: as for the kinds that have"

# Seen in downloads of 30 MB, after pauses of 13 s and at the end of the browser.
CHROMIUM_UPKEEP = {"small_update_seconds": 5, "ping_seconds": 10}
FIREFOX_UPKEEP = {"window_update_step": 4194304, "zero_pings": True, "goaway": True}
CHROMIUM_HPACK = {"never_indexed": [], "without_indexing": [":path", ":method", ":scheme"], "path_name_index": 4,
                  "huffman": "when_shorter", "cookie_crumbs": True, "never_index_cookie_shorter_than": 0}
FIREFOX_HPACK = {"never_indexed": ["authorization"], "without_indexing": [":path"], "path_name_index": 5,
                 "huffman": "always", "cookie_crumbs": True, "never_index_cookie_shorter_than": 20}


def brand_list(version, brand=None):
    """sec-ch-ua as Chromium makes it (components/embedder_support/user_agent_utils.cc): GREASE brand and order go by
    the major version."""
    chars = " (:-./);=?_"
    grease = "Not%sA%sBrand" % (chars[version % 11], chars[(version + 1) % 11])
    entries = [(grease, ["8", "99", "24"][version % 3]), ("Chromium", str(version))]
    if brand is None:
        order = [version % 2, (version + 1) % 2]
    else:
        entries.append((brand, str(version)))
        order = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)][version % 6]
    placed = [None] * len(entries)
    for entry, at in zip(entries, order):
        placed[at] = entry
    return ", ".join('"%s";v="%s"' % e for e in placed)


def expected(capture):
    prints = capture["tls"]["cases"]["fresh"]["fingerprints"]
    found = {k: prints[s] for k, s in (("ja3", "ja3_md5"), ("ja3n", "ja3n_md5"), ("ja4", "ja4")) if prints[s] != "varies"}
    found["akamai"] = capture["http2"]["akamai"]
    return found


def chromium_156():
    capture = load("chromium-156")
    values = shared_values(capture)
    assert values["sec-ch-ua"] == brand_list(156), "the brand rule does not give what was captured"
    return {
        "name": "chromium-156",
        "browser": "chromium",
        "version": capture["version"],
        "platform": "linux",
        "aliases": ["chromium", "chromium-latest"],
        "provenance": {
            "source": "capture of Debian's chromium %s, reference/clients/chromium-156.json" % capture["version"],
            "captured": capture["captured"],
            "verified": ["ClientHello of 64 fresh connections, resumed (TLS 1.3 and 1.2), WebSocket and after a HelloRetryRequest",
                         "HTTP/2 opening, priorities and HPACK of every kind of request listed here",
                         "header order, casing and values of every kind of request listed here"],
            "assumed": [ASSUMED_PLACES],
        },
        "tls": dict(tls(capture, False), close_notify=False),
        "http2": http2(capture, CHROMIUM_HPACK, True, CHROMIUM_UPKEEP),
        "headers": headers(capture, chromium_places, values),
        "expected": expected(capture),
    }


def chrome_156():
    profile = chromium_156()
    profile.update(name="chrome-156", browser="chrome", aliases=["chrome", "chrome-latest", "chrome-stable"])
    profile["headers"]["values"]["sec-ch-ua"] = brand_list(156, "Google Chrome")
    profile["provenance"]["source"] = "chromium-156 with Google Chrome's brand list"
    profile["provenance"]["assumed"] = [
        "sec-ch-ua: Google Chrome's brand list made by Chromium's own rule for version 156 (the rule gives the captured list for Chromium)",
        "that Google Chrome 156 sends what Chromium 156 of the same version sends; field trials and component updates may change it (for one, the trust_anchors list)",
        ASSUMED_PLACES,
    ]
    return profile


def firefox_153():
    capture = load("firefox-esr-153")
    return {
        "name": "firefox-153",
        "browser": "firefox",
        "version": capture["version"],
        "platform": "linux",
        "aliases": ["firefox", "firefox-latest", "firefox-esr", "firefox-esr-153"],
        "provenance": {
            "source": "capture of Debian's firefox-esr %s, reference/clients/firefox-esr-153.json" % capture["version"],
            "captured": capture["captured"],
            "verified": ["ClientHello of 22 fresh connections, resumed (TLS 1.3 and 1.2), retried, WebSocket and after a HelloRetryRequest",
                         "HTTP/2 opening, priorities and HPACK of every kind of request listed here",
                         "header order, casing and values of every kind of request listed here"],
            "assumed": [ASSUMED_PLACES,
                        "cookie pairs shorter than 20 bytes and authorization are never indexed: from Firefox's sources (seen for 3 bytes)",
                        "early data is not offered, where Firefox would on a ticket that allows it"],
        },
        "tls": tls(capture, True),
        "http2": http2(capture, FIREFOX_HPACK, False, FIREFOX_UPKEEP),
        "headers": headers(capture, firefox_places, shared_values(capture),
                           lambda kind: {"content-type"} if kind in ("fetch", "xhr") else ()),
        "expected": expected(capture),
    }


# ---- output

def layout(value, indent=0, width=110):
    """JSON with every list or object on one line that fits there."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or len(flat) + indent <= width:
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        items = [json.dumps(k) + ": " + layout(v, indent + 2, width - len(k) - 4) for k, v in value.items()]
    elif all(isinstance(v, (int, str)) for v in value):
        items, line = [], ""
        for v in value:
            item = json.dumps(v, ensure_ascii=False)
            if line and len(line) + len(item) + indent + 4 > width:
                items.append(line)
                line = item
            else:
                line = line + ", " + item if line else item
        items.append(line)
    else:
        items = [layout(v, indent + 2, width) for v in value]
    left, right = "{}" if isinstance(value, dict) else "[]"
    return left + "\n" + ",\n".join(pad + i for i in items) + "\n" + " " * indent + right


def profiles():
    """In the catalogue's order: by family, newest first."""
    chromium, firefox = chromium_156(), firefox_153()
    captured = [chrome_156(), chromium, firefox]
    every = captured + list(published.all_profiles(chromium, firefox, sys.modules[__name__]))
    families = ["chrome", "chromium", "edge", "brave", "firefox", "tor", "safari", "okhttp"]
    return sorted(every, key=lambda p: families.index(p["browser"]))  # stable: keeps newest first


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    every = profiles()
    files = {p["name"]: layout(p) for p in every}
    files["index"] = layout([p["name"] for p in every])
    differs = 0
    for name, text in files.items():
        path = os.path.join(PROFILES, name + ".json")
        if not args.check:
            with open(path, "w") as f:
                f.write(text + "\n")
        elif not os.path.exists(path) or open(path).read() != text + "\n":
            differs = 1
            print(path + " differs")
    return differs


if __name__ == "__main__":
    sys.exit(main())
