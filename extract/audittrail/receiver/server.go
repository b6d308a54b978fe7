package receiver

import (
	"context"
	"crypto/tls"
	"errors"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// limits is how long a sender may take. Spacelift's deliveries take milliseconds.
type limits struct {
	header time.Duration
	body   time.Duration // from the first byte of the headers on
	idle   time.Duration // between two requests of a connection
	stop   time.Duration // for deliveries that are under way when the server stops
}

var usual = limits{header: 5 * time.Second, body: 30 * time.Second, idle: 90 * time.Second, stop: 20 * time.Second}

// maxHeader bounds the headers, in bytes.
const maxHeader = 16 << 10

// Serve answers requests that come to a listener, which it closes, until ctx is done; then it takes no more and ends those under way.
// Certificates is nil for plain HTTP.
func Serve(ctx context.Context, l net.Listener, h http.Handler, certificates *tls.Config, log *slog.Logger) error {
	return serve(ctx, l, h, certificates, log, usual)
}

func serve(ctx context.Context, l net.Listener, h http.Handler, certificates *tls.Config, log *slog.Logger, most limits) error {
	server := &http.Server{
		Handler: h, TLSConfig: certificates, MaxHeaderBytes: maxHeader, ErrorLog: stdlog.New(complaints{log}, "", 0),
		ReadHeaderTimeout: most.header, ReadTimeout: most.body, WriteTimeout: most.body + patience + 15*time.Second, IdleTimeout: most.idle,
	}
	served := make(chan error, 1)
	go func() {
		if certificates != nil {
			served <- server.ServeTLS(l, "", "")
		} else {
			served <- server.Serve(l)
		}
	}()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), most.stop)
	defer cancel()
	err := server.Shutdown(ending)
	if err != nil {
		log.Warn("some deliveries were cut off: senders may come again", "error", err)
		err = server.Close()
	}
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// complaints logs what net/http complains of. That a client speaks no TLS happens all the time on a public address.
type complaints struct{ log *slog.Logger }

// Write implements [io.Writer].
func (c complaints) Write(p []byte) (int, error) {
	text, level := strings.TrimSpace(string(p)), slog.LevelWarn
	if strings.HasPrefix(text, "http: TLS handshake error") {
		level = slog.LevelDebug
	}
	c.log.Log(context.Background(), level, text)
	return len(p), nil
}
