"""urllib through the proxy: urllib_client.py PROXY ROOT URL (an empty ROOT: the system's roots only)."""
import ssl
import sys
import urllib.request

proxy, root, url = sys.argv[1:]
context = ssl.create_default_context(cafile=root or None)
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({"http": proxy, "https": proxy}),
    urllib.request.HTTPSHandler(context=context))
sys.stdout.write(opener.open(url, timeout=30).read().decode())
