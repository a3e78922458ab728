"""The origin and the proxies of a benchmark: each is started in a folder of its own on free loopback ports."""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIG = 256 << 20


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for s in held:
        s.bind(('127.0.0.1', 0))
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def wait_for(port, process, log, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with socket.socket() as s:
            if s.connect_ex(('127.0.0.1', port)) == 0:
                return
        time.sleep(0.05)
    with open(log) as f:
        sys.exit('does not listen on %d: %s' % (port, f.read()[-3000:]))


def authority(directory):
    """A CA and a certificate for 127.0.0.1 -> (ca, ca key, chain, key)."""
    path = lambda name: os.path.join(directory, name)     # noqa: E731
    run = lambda *a: subprocess.run(a, check=True, capture_output=True)     # noqa: E731
    run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', '-subj', '/CN=bench CA',
        '-addext', 'basicConstraints=critical,CA:true', '-addext', 'keyUsage=critical,keyCertSign,cRLSign',
        '-keyout', path('ca.key'), '-out', path('ca.pem'))
    run('openssl', 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=bench', '-keyout', path('leaf.key'),
        '-out', path('leaf.csr'))
    with open(path('ext'), 'w') as f:
        f.write('subjectAltName=IP:127.0.0.1,DNS:www.bench.test\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:false\n')
    run('openssl', 'x509', '-req', '-in', path('leaf.csr'), '-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-days', '30',
        '-extfile', path('ext'), '-out', path('leaf.pem'))
    for name in ('ca.key', 'leaf.key'):
        os.chmod(path(name), 0o644)
    return path('ca.pem'), path('ca.key'), path('leaf.pem'), path('leaf.key')


class Started:
    process = None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()

    @property
    def pid(self):
        return self.process.pid if self.process else None


class Origin(Started):
    """nginx, one worker: TLS with HTTP/1.1 only, TLS with h2, clear, and its own counters."""

    def __init__(self, directory):
        self.directory = os.path.join(directory, 'origin')
        os.makedirs(os.path.join(self.directory, 'root'))
        self.ca, self.ca_key, self.chain, self.key = authority(directory)
        self.h1, self.h2, self.clear, self.status, self.sink = free_ports(5)
        with open(os.path.join(self.directory, 'root', '1k'), 'wb') as f:
            f.write(b'x' * 1024)
        with open(os.path.join(self.directory, 'root', 'big'), 'wb') as f:
            f.truncate(BIG)
        conf = os.path.join(self.directory, 'nginx.conf')
        with open(conf, 'w') as f:
            f.write('''%s daemon off; master_process off; worker_processes 1; pid %s/pid;
events { worker_connections 8192; }
http { access_log off; client_body_temp_path %s/temp; keepalive_requests 1000000000; keepalive_timeout 1h; sendfile on; tcp_nodelay on;
  ssl_certificate %s; ssl_certificate_key %s; ssl_protocols TLSv1.2 TLSv1.3; http2_max_concurrent_streams 1024;
  server { listen 127.0.0.1:%d ssl backlog=4096; listen 127.0.0.1:%d ssl http2 backlog=4096; listen 127.0.0.1:%d backlog=4096; root %s/root; default_type text/plain;
    client_max_body_size 1g; location /up { proxy_pass http://127.0.0.1:%d; proxy_http_version 1.1; } }
  server { listen 127.0.0.1:%d; client_max_body_size 1g; location / { return 204; } }
  server { listen 127.0.0.1:%d; location / { stub_status; } } }
''' % ('user root;' if os.getuid() == 0 else '', self.directory, self.directory, self.chain, self.key, self.h1, self.h2, self.clear, self.directory, self.sink,
       self.sink, self.status))
        log = os.path.join(self.directory, 'out.log')
        nginx = shutil.which('nginx', path=os.environ['PATH'] + ':/usr/sbin')
        self.process = subprocess.Popen([nginx, '-p', self.directory, '-c', conf, '-e', log], stdout=open(log, 'a'), stderr=subprocess.STDOUT)
        wait_for(self.clear, self.process, log)

    def counters(self):
        text = urllib.request.build_opener(urllib.request.ProxyHandler({})).open('http://127.0.0.1:%d/' % self.status).read().decode()
        accepts, _, requests = re.search(r'(\d+) (\d+) (\d+)', text).groups()
        return {'accepts': int(accepts), 'requests': int(requests)}


class Direct:
    name, kind, port, pid, upstream = 'direct', 'direct', None, None, 'h1'


class Hotpool(Started):
    """One daemon; seen as two contestants, one per protocol of the origin."""

    def __init__(self, directory, origin, java):
        self.directory = tempfile.mkdtemp(prefix='hotpool', dir=directory)
        self.port, self.admin = free_ports(2)
        conf = os.path.join(self.directory, 'hotpool.toml')
        with open(conf, 'w') as f:
            f.write('[proxy]\nlisten = ["127.0.0.1:%d"]\n[admin]\nlisten = ["127.0.0.1:%d"]\n[ca]\ndir = "%s/ca"\n'
                    '[tls]\nextra_ca_files = ["%s"]\n[pool]\nmax_conns_per_host = 20\n' % (self.port, self.admin, self.directory, origin.ca))
        log = os.path.join(self.directory, 'out.log')
        env = dict(os.environ, XDG_STATE_HOME=self.directory)
        if java:
            env['HOTPOOL_JAVA_HOME'] = java
        self.process = subprocess.Popen([os.path.join(TOP, 'scripts', 'hotpool'), 'run', '-c', conf], env=env,
                                        stdout=open(log, 'a'), stderr=subprocess.STDOUT)
        wait_for(self.port, self.process, log, 600)


class View:
    """A contestant that shares its process with another."""
    kind = 'proxy'

    def __init__(self, name, started, upstream):
        self.name, self.started, self.upstream, self.port = name, started, upstream, started.port

    @property
    def pid(self):
        return self.started.pid


class Squid(Started):
    name, kind, upstream = 'squid', 'proxy', 'h1'

    def __init__(self, directory, origin):
        self.directory = tempfile.mkdtemp(prefix='squid', dir=directory)
        self.port = free_ports(1)[0]
        helper = '/usr/lib/squid/security_file_certgen'
        base = {'dir': self.directory, 'port': self.port, 'ca': origin.ca, 'key': origin.ca_key, 'helper': helper}
        subprocess.run([helper, '-c', '-s', self.directory + '/certs', '-M', '4MB'], check=True, capture_output=True)
        conf = os.path.join(self.directory, 'squid.conf')
        with open(conf, 'w') as f:
            f.write('''http_port 127.0.0.1:%(port)d ssl-bump tls-cert=%(ca)s tls-key=%(key)s generate-host-certificates=on dynamic_cert_mem_cache_size=4MB
sslcrtd_program %(helper)s -s %(dir)s/certs -M 4MB
ssl_bump bump all
http_access allow all
tls_outgoing_options cafile=%(ca)s
sslproxy_cert_error allow all
cache deny all
cache_mem 0
access_log none
cache_log %(dir)s/cache.log
pid_filename none
coredump_dir %(dir)s
visible_hostname bench
shutdown_lifetime 0 seconds
pinger_enable off
''' % base)
        if os.getuid() == 0:
            subprocess.run(['chown', '-R', 'proxy', self.directory], check=True)
        log = os.path.join(directory, 'squid.log')
        squid = shutil.which('squid', path=os.environ['PATH'] + ':/usr/sbin')
        self.process = subprocess.Popen([squid, '-N', '-n', 'bench%d' % self.port, '-f', conf], stdout=open(log, 'a'), stderr=subprocess.STDOUT)
        wait_for(self.port, self.process, log)


class Haproxy(Started):
    name, kind, upstream = 'haproxy', 'reverse', 'h1'

    def __init__(self, directory, origin):
        self.directory = os.path.join(directory, 'haproxy')
        os.makedirs(self.directory)
        self.port, self.clear = free_ports(2)
        pem = os.path.join(self.directory, 'both.pem')
        with open(pem, 'w') as out:
            for name in (origin.chain, origin.key):
                with open(name) as f:
                    out.write(f.read())
        conf = os.path.join(self.directory, 'haproxy.cfg')
        with open(conf, 'w') as f:
            f.write('''global
  maxconn 8192
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend secure
  bind 127.0.0.1:%d ssl crt %s
  default_backend secure
backend secure
  server origin 127.0.0.1:%d ssl verify none
frontend clear
  bind 127.0.0.1:%d
  default_backend clear
backend clear
  server origin 127.0.0.1:%d
''' % (self.port, pem, origin.h1, self.clear, origin.clear))
        log = os.path.join(directory, 'haproxy.log')
        haproxy = shutil.which('haproxy', path=os.environ['PATH'] + ':/usr/sbin')
        self.process = subprocess.Popen([haproxy, '-db', '-f', conf], stdout=open(log, 'a'), stderr=subprocess.STDOUT)
        wait_for(self.port, self.process, log)


def field(directory, names, origin, java, started):
    """Starts what is asked for and present; the direct way comes first."""
    contestants = [Direct()]
    if any(name.startswith('hotpool') for name in names):
        daemon = Hotpool(directory, origin, java)
        started.append(daemon)
        contestants += [View('hotpool-h1', daemon, 'h1'), View('hotpool-h2', daemon, 'h2')]
    for name, make in (('squid', Squid), ('haproxy', Haproxy)):
        if name not in names:
            continue
        if not shutil.which(name, path=os.environ['PATH'] + ':/usr/sbin'):
            print('left out: %s is not installed' % name)
            continue
        peer = make(directory, origin)
        started.append(peer)
        contestants.append(peer)
    return contestants


def another(contestant, directory, origin, java):
    """A way to start a further process of that kind; None where there is none."""
    if contestant.name.startswith('hotpool'):
        return lambda: Hotpool(directory, origin, java)
    return (lambda: Squid(directory, origin)) if contestant.name == 'squid' else None
