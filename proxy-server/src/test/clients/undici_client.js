// undici's ProxyAgent: undici_client.js PROXY ROOT URL; the package is found by NODE_PATH.
const fs = require('fs');
const {ProxyAgent, request} = require('undici');
const [proxy, root, url] = process.argv.slice(2);
const dispatcher = new ProxyAgent({uri: proxy, requestTls: {ca: root ? fs.readFileSync(root) : undefined}});
request(url, {dispatcher})
  .then(async ({statusCode, body}) => {
    const text = await body.text();
    if (statusCode !== 200) { console.error(statusCode, text); process.exit(1); }
    process.stdout.write(text, () => process.exit(0));
  })
  .catch(e => { console.error(e.code, e.message); process.exit(60); });
