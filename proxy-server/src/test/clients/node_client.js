// Node's own http and tls through the proxy: node_client.js PROXY ROOT URL.
const fs = require('fs'), http = require('http'), tls = require('tls');
const [proxy, root, url] = process.argv.slice(2);
const target = new URL(url), way = new URL(proxy);
const host = target.hostname, port = target.port || 443;
http.request({host: way.hostname, port: way.port, method: 'CONNECT', path: `${host}:${port}`})
  .on('connect', (answer, socket) => {
    if (answer.statusCode !== 200) { console.error(answer.statusCode); process.exit(1); }
    const secure = tls.connect({socket, servername: host, ca: root ? fs.readFileSync(root) : undefined}, () => {
      const {pathname: path} = target;
      http.get({createConnection: () => secure, host, path, headers: {Host: target.host}}, response => {
        response.pipe(process.stdout);
        response.on('end', () => process.exit(0));
      });
    });
    secure.on('error', e => { console.error(e.code); process.exit(60); });
  })
  .on('error', e => { console.error(e.message); process.exit(1); })
  .end();
