package objects

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// refusal is an answer of S3's that is an error.
type refusal struct {
	status        int
	code, message string
	header        http.Header
}

// refusalIn returns the answer that an error stands for; false where none came, or none that is whole.
func refusalIn(err error) (refusal, bool) {
	e, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok || e.HTTPStatusCode() < http.StatusMultipleChoices {
		return refusal{}, false
	}
	r := refusal{status: e.HTTPStatusCode(), header: e.Response.Header}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		r.code, r.message = api.ErrorCode(), api.ErrorMessage()
	}
	return r, true
}

func (r refusal) String() string {
	switch {
	case r.code == "":
		return fmt.Sprintf("HTTP %d %s", r.status, http.StatusText(r.status))
	case r.message == "" || r.message == r.code:
		return fmt.Sprintf("HTTP %d %s", r.status, r.code)
	}
	return r.code + ": " + strings.TrimSuffix(r.message, ".")
}

// brief returns what went wrong, without what the SDK and net/http put around it: addresses and ports of no interest.
func brief(err error) string {
	if r, ok := refusalIn(err); ok {
		return r.String()
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return e.Err + " (" + e.Name + ")"
	}
	if e, ok := errors.AsType[*os.SyscallError](err); ok {
		return e.Err.Error()
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Err.Error()
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err.Error()
	}
	if e, ok := errors.AsType[*smithy.OperationError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// moved finds out where the bucket is, if an answer says that it isn't where it was looked for. The same request is then sent
// there, but nowhere else from there, so that no server can send it round in circles. Sent is the region that was found when it was
// sent, nil for that of the configuration.
func (b *bucket) moved(ctx context.Context, sent *string, err error) bool {
	r, ok := refusalIn(err)
	if !ok || !r.elsewhere() || sent != nil {
		return false
	}
	if b.region.Load() != nil { // another request was quicker
		return true
	}
	region := r.header.Get(regionHeader)
	if region == "" {
		region = b.whereabouts(ctx)
	}
	if region == "" {
		return false
	}
	b.region.Store(&region)
	b.log.Info("the bucket is in another region", "bucket", b.name, "region", region)
	return true
}

const regionHeader = "x-amz-bucket-region"

// elsewhere reports whether an answer means that the bucket is in another region.
func (r refusal) elsewhere() bool {
	return r.status == http.StatusMovedPermanently || r.code == "PermanentRedirect" || r.code == "AuthorizationHeaderMalformed"
}

// whereabouts asks for the region of the bucket, which S3 returns to every caller.
func (b *bucket) whereabouts(ctx context.Context) string {
	ctx, w := newWatch(ctx, b.stall)
	defer w.end()
	answer, err := b.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &b.name})
	if err == nil {
		return aws.ToString(answer.BucketRegion)
	}
	if r, ok := refusalIn(err); ok {
		return r.header.Get(regionHeader)
	}
	return ""
}
