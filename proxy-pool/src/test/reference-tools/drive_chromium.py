#!/usr/bin/env python3
"""drive_chromium - run Chromium / Chrome / Edge through the capture pages (DevTools protocol on a pipe, no extra packages).

  drive_chromium.py --browser /usr/bin/chromium --home DIR [--headless] [--fresh N] [--full] [--arg=--flag ...]

--home DIR : used as $HOME; its NSS database (DIR/.pki/nssdb) must trust the test CA:
     mkdir -p DIR/.pki/nssdb && certutil -d sql:DIR/.pki/nssdb -N --empty-password
     certutil -d sql:DIR/.pki/nssdb -A -t C,, -n capture-ca -i ca.pem
--fresh N  : N launches with a new profile, each one navigation (fresh TLS connections)
--brief    : one launch: page load, form POST, cookies, resumption, HRR, TLS 1.2
--port N   : of the capture server, where it is not 443
--full     : one launch: page load (navigate, fetch, XHR, image, POST...), reload, form POST, resumption, http/1.1, HRR, TLS 1.2
The names (*.example.com) must resolve to the capture server (hosts file or --arg=--host-resolver-rules=...).
Without --headless an X display is needed (Xvfb will do).
"""
import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time


class Browser:
    def __init__(self, a, extra=()):
        self.dir = tempfile.mkdtemp(prefix='chr-')
        r1, w1 = os.pipe()
        r2, w2 = os.pipe()

        def fds():
            os.dup2(r1, 63)
            os.dup2(w2, 64)
            os.dup2(63, 3)
            os.dup2(64, 4)
        env = dict(os.environ, HOME=a.home)
        cmd = [a.browser, '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check',
               '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-pipe',
               '--user-data-dir=' + self.dir] + (['--headless'] if a.headless else []) + list(a.arg) + list(extra) + ['about:blank']
        self.p = subprocess.Popen(cmd, env=env, preexec_fn=fds, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(r1)
        os.close(w2)
        self.w, self.r, self.n, self.buf = w1, r2, 0, b''
        t = self.call('Target.getTargets')['targetInfos']
        page = next(x for x in t if x['type'] == 'page')
        self.sid = self.call('Target.attachToTarget', targetId=page['targetId'], flatten=True)['sessionId']

    def call(self, method, session=None, **params):
        self.n += 1
        m = {'id': self.n, 'method': method, 'params': params}
        if session:
            m['sessionId'] = session
        os.write(self.w, json.dumps(m).encode() + b'\0')
        while True:
            while b'\0' not in self.buf:
                d = os.read(self.r, 65536)
                if not d:
                    raise SystemExit('browser went away')
                self.buf += d
            x, _, self.buf = self.buf.partition(b'\0')
            o = json.loads(x)
            if o.get('id') == self.n:
                if 'error' in o:
                    raise RuntimeError(str(o['error']))
                return o['result']

    def page(self, method, **p):
        return self.call(method, self.sid, **p)

    def ev(self, js):
        return self.page('Runtime.evaluate', expression=js, awaitPromise=True, returnByValue=True)['result'].get('value')

    def go(self, url, wait='ok', t=20):
        r = self.page('Page.navigate', url=url)
        if r.get('errorText'):
            print('navigate', url, r['errorText'], flush=True)
        return self.wait(wait, t)

    def wait(self, title, t=20):
        end = time.time() + t
        while time.time() < end:
            try:
                if self.ev('document.title') == title and self.ev('document.readyState') == 'complete':
                    return True
            except RuntimeError:
                pass
            time.sleep(0.1)
        print('timeout waiting for', title, self.ev('document.title'), self.ev('location.href'), flush=True)

    def close(self):
        try:
            self.call('Browser.close')
        except (SystemExit, OSError, RuntimeError):
            pass
        try:
            self.p.wait(10)
        except subprocess.TimeoutExpired:
            self.p.kill()
        os.close(self.w)
        os.close(self.r)
        shutil.rmtree(self.dir, ignore_errors=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--browser', default='chromium')
    ap.add_argument('--home', required=True)
    ap.add_argument('--headless', action='store_true')
    ap.add_argument('--fresh', type=int, default=0)
    ap.add_argument('--full', action='store_true')
    ap.add_argument('--brief', action='store_true')
    ap.add_argument('--port', type=int, default=443)
    ap.add_argument('--arg', action='append', default=[])
    a = ap.parse_args()
    at = '' if a.port == 443 else ':%d' % a.port
    for i in range(a.fresh):
        b = Browser(a)
        b.go('https://www.example.com%s/?fresh=%d' % (at, i))
        b.close()
    if a.full:
        b = Browser(a)
        print(b.call('Browser.getVersion')['product'], flush=True)
        b.go('https://www.example.com' + at + '/page', 'done')
        time.sleep(0.5)
        b.page('Page.reload')
        time.sleep(0.5)
        b.wait('done')
        b.ev('document.getElementById("f").submit()')
        time.sleep(0.5)
        b.wait('ok')
        b.go('https://www.example.com' + at + '/setcookie')
        b.go('https://www.example.com' + at + '/with-cookie')
        b.go('https://www.example.com' + at + '/redirect')
        b.ev("fetch('https://api.example.com%s/api/cors',{method:'POST',headers:{'content-type':'application/json'},body:'{}'}).then(r=>1,e=>2)" % at)
        b.ev("fetch('https://api.example.com%s/api/cred',{credentials:'include'}).then(r=>1,e=>2)" % at)
        b.ev("location.href='https://a.example.org%s/clicked'" % at)
        time.sleep(0.5)
        b.wait('ok')
        for host in ('www', 'h1', 'tls12', 'hrr'):
            for k in range(3):                       # 2nd and 3rd: resumed connections
                b.go('https://%s.example.com%s/bye?%d' % (host, at, k))
                time.sleep(0.8)
        b.close()
        b = Browser(a)                                # a new launch: an open HTTP/2 connection to the same address would be re-used for h1.*
        b.go('https://h1.example.com' + at + '/page', 'done')
        b.page('Page.reload')
        time.sleep(0.5)
        b.wait('done')
        b.ev('document.getElementById("f").submit()')
        time.sleep(0.5)
        b.wait('ok')
        b.go('https://h1.example.com' + at + '/setcookie')
        b.go('https://h1.example.com' + at + '/with-cookie')
        b.go('https://h1.example.com' + at + '/redirect')
        b.close()

    if a.brief:
        b = Browser(a)
        print(b.call('Browser.getVersion')['product'], flush=True)
        b.go('https://www.example.com' + at + '/page', 'done')
        b.ev('document.getElementById("f").submit()')
        time.sleep(0.5)
        b.wait('ok')
        b.go('https://www.example.com' + at + '/setcookie')
        b.go('https://www.example.com' + at + '/with-cookie')
        for host, times in (('www', 2), ('tls12', 2), ('hrr', 1)):
            for k in range(times):
                b.go('https://%s.example.com%s/bye?%d' % (host, at, k))
                time.sleep(0.6)
        b.close()


if __name__ == '__main__':
    main()
