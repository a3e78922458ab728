// net/http through the proxy: client PROXY ROOT URL. Two requests on one client.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
)

func main() {
	proxy, err := url.Parse(os.Args[1])
	check(err)
	config := &tls.Config{}
	if os.Args[2] != "" {
		pem, err := os.ReadFile(os.Args[2])
		check(err)
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM(pem)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: config, ForceAttemptHTTP2: true}}
	var body []byte
	for i := 0; i < 2; i++ {
		response, err := client.Get(os.Args[3])
		check(err)
		body, err = io.ReadAll(response.Body)
		check(err)
		response.Body.Close()
		if response.StatusCode != 200 {
			check(fmt.Errorf("status %d: %s", response.StatusCode, body))
		}
	}
	fmt.Print(string(body))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(60)
	}
}
