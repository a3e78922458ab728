#!/usr/bin/env python3
"""drive_firefox - run Firefox through the capture pages (Marionette on loopback, no extra packages).

  drive_firefox.py --browser /usr/bin/firefox-esr --ca ca.pem --home DIR [--headless] [--fresh N] [--full] [--pref name=value ...]

--full: page loads, reload, form POST, cookies, redirect, resumption, HTTP/1.1, HRR, TLS 1.2; --brief: most of that, without HTTP/1.1;
--port N: of the capture server, where it is not 443.  A new profile is made per launch; the CA is put in its certificate store with certutil (libnss3-tools).
"""
import argparse
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

PREFS = {'browser.shell.checkDefaultBrowser': False, 'browser.startup.homepage': 'about:blank',
         'startup.homepage_welcome_url': 'about:blank', 'browser.aboutwelcome.enabled': False, 'datareporting.policy.dataSubmissionEnabled': False,
         'toolkit.telemetry.enabled': False, 'app.normandy.enabled': False, 'app.update.enabled': False, 'network.captive-portal-service.enabled': False,
         'network.connectivity-service.enabled': False, 'browser.safebrowsing.malware.enabled': False, 'browser.safebrowsing.phishing.enabled': False,
         'services.settings.server': 'data:,', 'extensions.getAddons.cache.enabled': False, 'network.trr.mode': 5, 'network.http.http3.enable': False,
         'browser.newtabpage.activity-stream.feeds.system.topstories': False, 'browser.newtabpage.enabled': False}


class Firefox:
    def __init__(self, a):
        self.dir = tempfile.mkdtemp(prefix='ff-')
        with open(self.dir + '/user.js', 'w') as f:
            prefs = dict(PREFS)
            with socket.create_server(('127.0.0.1', 0)) as free:
                prefs['marionette.port'] = port = free.getsockname()[1]
            for p in a.pref:
                k, _, v = p.partition('=')
                prefs[k] = json.loads(v)
            for k, v in prefs.items():
                f.write('user_pref(%s, %s);\n' % (json.dumps(k), json.dumps(v)))
        subprocess.run(['certutil', '-d', 'sql:' + self.dir, '-N', '--empty-password'], check=True)
        subprocess.run(['certutil', '-d', 'sql:' + self.dir, '-A', '-t', 'C,,', '-n', 'capture-ca', '-i', a.ca], check=True)
        env = dict(os.environ, HOME=a.home, MOZ_CRASHREPORTER_DISABLE='1')
        self.p = subprocess.Popen([a.browser, '--marionette', '--no-remote', '--profile', self.dir] + (['--headless'] if a.headless else []) + ['about:blank'],
                                  env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.s, self.buf, self.n = None, b'', 0
        for _ in range(300):
            try:
                self.s = socket.create_connection(('127.0.0.1', port), 2)
                break
            except OSError:
                time.sleep(0.1)
        self.s.settimeout(60)
        self.msg()
        self.caps = self.call('WebDriver:NewSession', capabilities={'alwaysMatch': {'acceptInsecureCerts': False, 'pageLoadStrategy': 'normal'}})['capabilities']

    def msg(self):
        while b':' not in self.buf:
            self.buf += self.s.recv(65536)
        n, _, self.buf = self.buf.partition(b':')
        n = int(n)
        while len(self.buf) < n:
            self.buf += self.s.recv(65536)
        x, self.buf = self.buf[:n], self.buf[n:]
        return json.loads(x)

    def call(self, cmd, **params):
        self.n += 1
        b = json.dumps([0, self.n, cmd, params]).encode()
        self.s.sendall(str(len(b)).encode() + b':' + b)
        while True:
            m = self.msg()
            if m[0] == 1 and m[1] == self.n:
                if m[2]:
                    raise RuntimeError(str(m[2])[:300])
                return m[3]

    def go(self, url, title='ok', t=20):
        try:
            self.call('WebDriver:Navigate', url=url)
        except RuntimeError as e:
            print('navigate', url, e, flush=True)
        return self.wait(title, t)

    def ev(self, js):
        return self.call('WebDriver:ExecuteScript', script=js, args=[])['value']

    def eva(self, js):
        try:
            return self.call('WebDriver:ExecuteAsyncScript', script=js, args=[], scriptTimeout=8000)['value']
        except RuntimeError as e:
            print('script', e, flush=True)

    def wait(self, title, t=20):
        end = time.time() + t
        while time.time() < end:
            try:
                if self.ev('return document.title+document.readyState') == title + 'complete':
                    return True
            except RuntimeError:
                pass
            time.sleep(0.1)
        print('timeout waiting for', title, self.ev('return document.title+" "+location.href'), flush=True)

    def close(self):
        try:
            self.call('Marionette:Quit', flags=['eForceQuit'])
        except (RuntimeError, OSError, ValueError):
            pass
        try:
            self.p.wait(15)
        except subprocess.TimeoutExpired:
            self.p.kill()
        self.s.close()
        shutil.rmtree(self.dir, ignore_errors=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--browser', default='firefox')
    ap.add_argument('--ca', required=True)
    ap.add_argument('--home', required=True)
    ap.add_argument('--headless', action='store_true')
    ap.add_argument('--fresh', type=int, default=0)
    ap.add_argument('--full', action='store_true')
    ap.add_argument('--brief', action='store_true')
    ap.add_argument('--port', type=int, default=443)
    ap.add_argument('--pref', action='append', default=[])
    a = ap.parse_args()
    at = '' if a.port == 443 else ':%d' % a.port
    for i in range(a.fresh):
        b = Firefox(a)
        b.go('https://www.example.com%s/?fresh=%d' % (at, i))
        b.close()
    if a.full:
        b = Firefox(a)
        print(b.caps.get('browserName'), b.caps.get('browserVersion'), flush=True)
        for host in ('www', 'h1'):
            if host == 'h1':                              # a new launch: an open HTTP/2 connection to the same address would be re-used for h1.*
                b.close()
                b = Firefox(a)
            b.go('https://%s.example.com%s/page' % (host, at), 'done')
            time.sleep(0.5)
            b.call('WebDriver:Refresh')
            time.sleep(0.5)
            b.wait('done')
            b.ev('document.getElementById("f").submit()')
            time.sleep(0.8)
            b.wait('ok')
            b.go('https://%s.example.com%s/setcookie' % (host, at))
            b.go('https://%s.example.com%s/with-cookie' % (host, at))
            b.go('https://%s.example.com%s/redirect' % (host, at))
        b.eva("let r=arguments[0];fetch('https://api.example.com%s/api/cors',{method:'POST',headers:{'content-type':'application/json'},body:'{}'}).then(()=>r(1),()=>r(2))" % at)
        b.eva("let r=arguments[0];fetch('https://api.example.com%s/api/cred',{credentials:'include'}).then(()=>r(1),()=>r(2))" % at)
        b.ev("location.href='https://a.example.org%s/clicked'" % at)
        time.sleep(0.8)
        b.wait('ok')
        for host in ('www', 'h1', 'tls12', 'hrr'):
            for k in range(3):
                b.go('https://%s.example.com%s/bye?%d' % (host, at, k))
                time.sleep(0.8)
        b.close()

    if a.brief:
        b = Firefox(a)
        print(b.caps.get('browserName'), b.caps.get('browserVersion'), flush=True)
        b.go('https://www.example.com%s/page' % at, 'done')
        b.ev('document.getElementById("f").submit()')
        time.sleep(0.5)
        b.wait('ok')
        b.go('https://www.example.com%s/setcookie' % at)
        b.go('https://www.example.com%s/with-cookie' % at)
        for host, times in (('www', 2), ('tls12', 3), ('hrr', 1)):
            for k in range(times):
                b.go('https://%s.example.com%s/bye?%d' % (host, at, k))
                time.sleep(0.6)
        b.close()


if __name__ == '__main__':
    main()
