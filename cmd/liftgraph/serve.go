package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"liftgraph/query/page"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:      "serve",
		Usage:     "serve the answers of trace as pages, read-only, on this machine alone; the address to open is printed on stdout",
		ArgsUsage: "[DIR|URI]",
		Flags: append([]cli.Flag{
			stringFlag(dataFlag, "liftgraph-data", "`DIR` or s3:// URI to read where none is named, as trace takes them"),
			stringFlag(listenFlag, "127.0.0.1:0", "`ADDR` to listen at; one that others reach demands --tls-cert, --tls-key and --token-file"),
			stringFlag(pageTokenFlag, "", "`FILE` that holds the token, of 16 characters at least (default: a random one, in the printed address)"),
			stringFlag(tlsCertFlag, "", "`FILE` with the certificate (PEM) to serve HTTPS with"),
			stringFlag(tlsKeyFlag, "", "`FILE` with its key"),
			beforeFlagOf(),
		}, s3Flags()...),
		Action: func(c *cli.Context) error {
			s, err := newPageServer(c)
			if err != nil {
				return err
			}
			return s.run(c)
		},
	}
}

// pageServer is what the flags make of a server.
type pageServer struct {
	pages   *page.Server
	listen  net.Listener
	printed string // the token in the address; empty where it is in a file
	scheme  string
}

func newPageServer(c *cli.Context) (_ *pageServer, err error) {
	host, _, err := net.SplitHostPort(c.String(listenFlag))
	if err != nil {
		return nil, usagef("--%s %q is no address: give one as 127.0.0.1:8080", listenFlag, c.String(listenFlag))
	}
	cert, key, file := c.String(tlsCertFlag), c.String(tlsKeyFlag), c.String(pageTokenFlag)
	local := isLoopback(host)
	switch {
	case (cert == "") != (key == ""):
		return nil, usagef("--%s and --%s go together", tlsCertFlag, tlsKeyFlag)
	case !local && (cert == "" || file == ""):
		return nil, usagef("--%s %s is reached from other machines: give --%s, --%s and --%s, or listen at 127.0.0.1", listenFlag, c.String(listenFlag), tlsCertFlag, tlsKeyFlag, pageTokenFlag)
	}
	s := &pageServer{pages: &page.Server{TLS: cert != ""}, scheme: "http"}
	if s.pages.Token, err = pageToken(file); err != nil {
		return nil, err
	}
	if file == "" {
		s.printed = s.pages.Token
	}
	if s.pages.Nights, err = newestOf(c, &s.pages.Newest); err != nil {
		return nil, err
	}
	var pair tls.Certificate
	if cert != "" {
		if pair, err = tls.LoadX509KeyPair(cert, key); err != nil {
			return nil, usageErr{err}
		}
	}
	if s.listen, err = new(net.ListenConfig).Listen(c.Context, "tcp", c.String(listenFlag)); err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(s.listen.Addr().String())
	s.pages.Hosts = func(name string) bool {
		h, p, err := net.SplitHostPort(name)
		if err != nil {
			h, p = name, map[string]string{"http": "80", "https": "443"}[s.scheme]
		}
		if p != port {
			return false
		}
		return local && isLoopback(strings.ToLower(h)) || pair.Leaf != nil && pair.Leaf.VerifyHostname(h) == nil
	}
	if cert != "" {
		s.scheme = "https"
		s.listen = tls.NewListener(s.listen, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	}
	return s, nil
}

// isLoopback reports whether a host is this machine's own alone.
func isLoopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// shortestToken is the length of the shortest token that a file may hold.
const shortestToken = 16

func pageToken(file string) (string, error) {
	if file == "" {
		var b [32]byte
		_, err := rand.Read(b[:])
		return hex.EncodeToString(b[:]), err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(b))
	if len(token) < shortestToken || strings.ContainsAny(token, " \t\r\n;,\"\\") {
		return "", usagef("--%s %s: the token has at least %d characters, none of them a space, quote, comma or semicolon", pageTokenFlag, file, shortestToken)
	}
	return token, nil
}

// run serves until it is interrupted.
func (s *pageServer) run(c *cli.Context) (err error) {
	defer func() { err = errors.Join(err, s.pages.Newest.Close()) }()
	h := &http.Server{
		Handler: s.pages, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 2 * time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	address := s.scheme + "://" + s.listen.Addr().String() + "/"
	if s.printed != "" {
		address += "?token=" + s.printed
	}
	fmt.Fprintln(c.App.Writer, address)
	served := make(chan error, 1)
	go func() { served <- h.Serve(s.listen) }()
	select {
	case err = <-served:
		return err
	case <-c.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context), 5*time.Second)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		err = errors.Join(err, h.Close())
		return err
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil // asked to end, as servers are
}
