// Package browsertest looks at liftgraph's pages with a real browser. It is a module of its own, as what drives the browser is no part of the
// product; CHROMIUM names the browser, LIFTGRAPH and FAKE_SPACELIFT the programs (see `make test-browser`).
package browsertest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	incident  = "i-046d87f24fb0ca530"
	run       = "01M7B6WRR2SHTT9YBY5JMATC7M" // that made it
	planner   = "01HPS6K4BNB7BPHCDHDWFAMJNV"
	applier   = "01M6DDFPVFWY4VR1THTDYQP1GJ"
	token     = "sample-token" // that the stand-in for Spacelift accepts
	shots     = "screenshots"  // ignored by git
	manyCalls = 10_000
)

// What the tests share, which TestMain makes.
var (
	browser context.Context // of the browser; each test has a tab
	demo    string          // the demo's data directory
	story   site            // of the demo
	evil    site            // of an account whose commit is hostile, with many calls
	nights  site            // of a lake: the sample account, and a night later the hostile one
)

// site is a running `liftgraph serve`.
type site struct{ base, key string }

func TestMain(m *testing.M) {
	code, err := setUp(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "browsertest:", err)
		code = 1
	}
	os.Exit(code)
}

func setUp(m *testing.M) (code int, err error) {
	for _, name := range []string{"LIFTGRAPH", "FAKE_SPACELIFT", "CHROMIUM"} {
		if os.Getenv(name) == "" {
			return 0, fmt.Errorf("%s names no program: run `make test-browser`", name)
		}
	}
	dir, err := os.MkdirTemp("", "browsertest-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if err := os.MkdirAll(shots, 0o755); err != nil {
		return 0, err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	demo = filepath.Join(dir, "demo")
	if err := command(ctx, "demo", "--data", demo); err != nil {
		return 0, err
	}
	hostile := filepath.Join(dir, "hostile")
	if err := publishHostile(ctx, hostile); err != nil {
		return 0, err
	}
	if story, err = serve(ctx, demo); err != nil {
		return 0, err
	}
	if evil, err = serve(ctx, hostile); err != nil {
		return 0, err
	}
	if nights, err = serve(ctx, lakeOf(hostile)); err != nil {
		return 0, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(os.Getenv("CHROMIUM")), chromedp.NoSandbox, chromedp.Flag("hide-scrollbars", true))
	allocator, end := chromedp.NewExecAllocator(ctx, opts...)
	defer end()
	var quit context.CancelFunc
	browser, quit = chromedp.NewContext(allocator)
	defer quit()
	if err := chromedp.Do(browser); err != nil {
		return 0, fmt.Errorf("start %s: %w", os.Getenv("CHROMIUM"), err)
	}
	return m.Run(), nil
}

// command runs liftgraph.
func command(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, os.Getenv("LIFTGRAPH"), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("liftgraph %s: %w\n%s", args[0], err, out)
	}
	return nil
}

// publishHostile publishes the sample account with a hostile commit, and many calls of its run.
func publishHostile(ctx context.Context, data string) error {
	endpoint, err := start(ctx, os.Getenv("FAKE_SPACELIFT"))
	if err != nil {
		return err
	}
	proxy := httptest.NewServer(rewrite(endpoint))
	defer proxy.Close()
	trail := data + ".json"
	if err := os.WriteFile(trail, calls(manyCalls), 0o600); err != nil {
		return err
	}
	if err := os.Setenv("SPACELIFT_API_TOKEN", token); err != nil {
		return err
	}
	for day, endpoint := range []string{endpoint, proxy.URL} {
		err := command(ctx, "run", "--data", data+"-night", "--spacelift-api-endpoint", endpoint, "--format", "parquet", "--layout", "lake", "--out", lakeOf(data), "--update-tag", strconv.Itoa(1795000000+day*86400))
		if err != nil {
			return err
		}
	}
	return command(ctx, "run", "--data", data, "--spacelift-api-endpoint", proxy.URL, "--cloudtrail", trail, "--format", "csv", "--update-tag", "1795000000")
}

// lakeOf returns where the nights of the hostile account are.
func lakeOf(data string) string { return data + "-lake" }

// serve serves a data directory until ctx ends.
func serve(ctx context.Context, data string) (site, error) {
	line, err := start(ctx, os.Getenv("LIFTGRAPH"), "serve", data)
	base, token, _ := strings.Cut(line, "?token=")
	return site{strings.TrimSuffix(base, "/"), token}, err
}

// start starts a program that prints its address, and returns that.
func start(ctx context.Context, name string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, name, args...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := c.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = c.Wait()
		return "", fmt.Errorf("%s printed no address: %w\n%s", name, err, stderr.Bytes())
	}
	go func() { _, _ = io.Copy(io.Discard, out); _ = c.Wait() }()
	return strings.TrimSpace(line), nil
}
