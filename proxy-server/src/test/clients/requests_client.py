"""requests through the proxy, two calls on one session: requests_client.py PROXY ROOT URL."""
import sys

import requests

proxy, root, url = sys.argv[1:]
with requests.Session() as session:
    session.trust_env = False
    session.proxies = {"http": proxy, "https": proxy}
    session.verify = root or True
    first = session.get(url, timeout=30)
    first.raise_for_status()
    second = session.get(url, timeout=30)
    assert second.text == first.text
    sys.stdout.write(second.text)
