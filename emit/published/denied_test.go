package published

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// What may not be read isn't taken for what isn't there.
func TestDenied(t *testing.T) {
	t.Run("directory", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may read every directory")
		}
		dir := filepath.Join(t.TempDir(), "closed")
		if err := os.Mkdir(dir, 0); err != nil {
			t.Fatal(err)
		}
		_, err := Locate(t.Context(), dir, "", Options{})
		if !errors.Is(err, fs.ErrPermission) || errors.Is(err, dataset.ErrNotPublished) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("loop of links", func(t *testing.T) { // which root can't read either
		name := filepath.Join(t.TempDir(), "loop")
		if err := os.Symlink(name, name); err != nil {
			t.Fatal(err)
		}
		if _, err := Locate(t.Context(), name, "", Options{}); err == nil || errors.Is(err, dataset.ErrNotPublished) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("S3", func(t *testing.T) {
		t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
		s, err := fakes3.New()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		for _, variable := range s.Env() {
			key, value, _ := strings.Cut(variable, "=")
			t.Setenv(key, value)
		}
		if err := s.Put("acme-closed", "night/manifest.json", []byte("{}"), nil); err != nil {
			t.Fatal(err)
		}
		s.Inject(fakes3.Fault{Do: fakes3.Refuse(http.StatusForbidden, "AccessDenied")})
		_, err = Locate(t.Context(), "s3://acme-closed/night", "", Options{S3: objects.Options{AWS: &objects.AWS{PathStyle: true}}})
		if err == nil || errors.Is(err, dataset.ErrNotPublished) || strings.Contains(err.Error(), "not a published directory") || !strings.Contains(err.Error(), "AccessDenied") {
			t.Errorf("got %v", err)
		}
	})
}
