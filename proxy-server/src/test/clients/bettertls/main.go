// The BetterTLS corpus (github.com/Netflix/bettertls) through the proxy: every case is a TLS origin of its own, asked for by
// an absolute https URL. A 200 means that the proxy accepted the certificates, a 502 that it refused them.
//
//	bettertls root FILE                 makes a root and writes certificate and key (FILE, PEM)
//	bettertls run FILE PROXY [STEP]     runs every STEP-th case; the last line is a summary, each wrong case a line before it
//
// Exit 0: nothing was accepted that must be refused, nor refused that must be accepted; 1: something was.
package main

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/Netflix/bettertls/test-suites/certutil"
	test_case "github.com/Netflix/bettertls/test-suites/test-case"
	test_executor "github.com/Netflix/bettertls/test-suites/test-executor"
)

const workers = 4

func main() {
	if len(os.Args) == 3 && os.Args[1] == "root" {
		_, _, err := certutil.LoadCert(os.Args[2])
		check(err)
		return
	}
	if len(os.Args) < 4 || os.Args[1] != "run" {
		fmt.Fprintln(os.Stderr, "bettertls root FILE | run FILE PROXY [STEP]")
		os.Exit(2)
	}
	step := 1
	if len(os.Args) > 4 {
		var err error
		step, err = strconv.Atoi(os.Args[4])
		check(err)
	}
	proxy, err := url.Parse(os.Args[3])
	check(err)
	root, key, err := certutil.LoadCert(os.Args[2])
	check(err)
	os.Exit(run(root, key, proxy, step))
}

type job struct {
	suite string
	id    uint
	test  test_case.TestCase
}

type tally struct {
	cases, accepted, falseAccepts, falseRefusals, softer, odd int64
}

func run(root *x509.Certificate, key crypto.Signer, proxy *url.URL, step int) int {
	suites, err := test_executor.BuildTestSuitesWithRootCa(root, key)
	check(err)
	jobs := make(chan job)
	var count tally
	var group sync.WaitGroup
	for i := 0; i < workers; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			work(root, key, proxy, jobs, &count)
		}()
	}
	for _, name := range suites.GetProviderNames() {
		provider := suites.GetProvider(name)
		total, err := provider.GetTestCaseCount()
		check(err)
		for id := uint(0); id < total; id += uint(step) {
			test, err := provider.GetTestCase(id)
			check(err)
			jobs <- job{name, id, test}
		}
	}
	close(jobs)
	group.Wait()
	fmt.Printf("cases=%d accepted=%d false_accepts=%d false_refusals=%d softer=%d other_answers=%d\n",
		count.cases, count.accepted, count.falseAccepts, count.falseRefusals, count.softer, count.odd)
	if count.falseAccepts+count.falseRefusals+count.odd > 0 {
		return 1
	}
	return 0
}

func work(root *x509.Certificate, key crypto.Signer, proxy *url.URL, jobs chan job, count *tally) {
	var current *tls.Certificate
	config := &tls.Config{
		SessionTicketsDisabled: true,
		GetCertificate:         func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return current, nil },
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	check(err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("OK")) }),
		ErrorLog: nil}
	server.SetKeepAlivesEnabled(false)
	go server.Serve(quiet{listener})
	defer server.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	client := &http.Client{Transport: &directToProxy{proxy}}
	for j := range jobs {
		current, err = j.test.GetCertificates(root, key)
		check(err)
		status, err := ask(client, j.test.GetHostname(), port)
		judge(j, status, err, count)
	}
}

func judge(j job, status int, err error, count *tally) {
	atomic.AddInt64(&count.cases, 1)
	accepted := status == 200
	if accepted {
		atomic.AddInt64(&count.accepted, 1)
	}
	if err != nil || status != 200 && status != 502 {
		atomic.AddInt64(&count.odd, 1)
		fmt.Printf("%s %d: answer %d %v\n", j.suite, j.id, status, err)
		return
	}
	switch j.test.ExpectedResult() {
	case test_case.EXPECTED_RESULT_PASS:
		if !accepted {
			atomic.AddInt64(&count.falseRefusals, 1)
			fmt.Printf("%s %d (%s): refused, must be accepted\n", j.suite, j.id, j.test.GetHostname())
		}
	case test_case.EXPECTED_RESULT_FAIL:
		if accepted {
			atomic.AddInt64(&count.falseAccepts, 1)
			fmt.Printf("%s %d (%s): accepted, must be refused\n", j.suite, j.id, j.test.GetHostname())
		}
	case test_case.EXPECTED_RESULT_SOFT_PASS:
		if !accepted {
			atomic.AddInt64(&count.softer, 1)
		}
	case test_case.EXPECTED_RESULT_SOFT_FAIL:
		if accepted {
			atomic.AddInt64(&count.softer, 1)
		}
	}
}

func ask(client *http.Client, host string, port int) (int, error) {
	if net.ParseIP(host) != nil && net.ParseIP(host).To4() == nil {
		host = "[" + host + "]"
	}
	response, err := client.Get(fmt.Sprintf("https://%s:%d/ok", host, port))
	if err != nil {
		return 0, err
	}
	response.Body.Close()
	return response.StatusCode, nil
}

// Sends every request to the proxy in absolute form, https too: TLS is the proxy's.
type directToProxy struct{ proxy *url.URL }

func (d *directToProxy) RoundTrip(request *http.Request) (*http.Response, error) {
	target := request.URL
	request = request.Clone(request.Context())
	request.Host = target.Host
	request.URL = &url.URL{Scheme: "http", Host: d.proxy.Host, Opaque: target.String()}
	return http.DefaultTransport.RoundTrip(request)
}

// A listener whose failed handshakes are nobody's news.
type quiet struct{ net.Listener }

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
