package objects

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// request is what an error is about.
type request struct {
	action
	key string // or the prefix of a list
}

type action int

const (
	list action = iota
	get
	keep
	removal
	listUploads
	abort
)

// verb says what couldn't be done, as in "to read" and as in "can't be read".
func (a action) verb() (does, done string) {
	switch a {
	case keep:
		return "write", "written"
	case removal, abort:
		return "remove", "removed"
	default:
	}
	return "read", "read"
}

// explain says what an error means and what to do about it.
func (b *bucket) explain(what request, err error) error {
	if _, ok := errors.AsType[*failure](err); ok {
		return err
	}
	where := b.uri(what.key)
	does, done := what.verb()
	if e, ok := errors.AsType[*credentialsError](err); ok {
		return &failure{ErrRefused, fmt.Sprintf("there are no AWS credentials to %s %s with: %s: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in (`aws sso login`)", does, where, e)}
	}
	if r, ok := refusalIn(err); ok {
		return b.explainRefusal(what, r, err)
	}
	server := cmp.Or(b.endpoint, "S3")
	if errors.Is(err, errForeign) {
		return &failure{ErrUnreachable, fmt.Sprintf("%s can't be %s at %s: %s: check that it is an S3 server (AWS_ENDPOINT_URL_S3) and that no login page stands before it", where, done, server, brief(err))}
	}
	hint := "check the network, the proxy settings, AWS_REGION and AWS_ENDPOINT_URL_S3"
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		hint = "name a file with its authority's certificate by --ca-file, and check AWS_ENDPOINT_URL_S3"
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && b.endpoint != "" && strings.HasPrefix(e.Name, b.name+".") {
		hint += "; should the bucket stand in the path of its address (--s3-path-style)?"
	}
	return &failure{ErrUnreachable, fmt.Sprintf("%s can't be %s, %s is out of reach: %s: %s", where, done, server, brief(err), hint)}
}

func (b *bucket) explainRefusal(what request, r refusal, err error) error {
	where := b.uri(what.key)
	_, done := what.verb()
	say := func(kind error, hint string) error {
		return &failure{kind, fmt.Sprintf("%s can't be %s: %s: %s", where, done, r, hint)}
	}
	switch r.code {
	case "NoSuchBucket":
		return say(ErrNotFound, "check the name of the bucket "+b.name)
	case "NoSuchKey", "NotFound":
		return say(ErrNotFound, "it isn't there, or was removed meanwhile")
	case "NoSuchUpload":
		return say(ErrNotFound, "its upload was aborted meanwhile, by another run or by a lifecycle rule of the bucket")
	case "PreconditionFailed", "InvalidRange":
		return changed(where)
	case "InvalidObjectState":
		return say(ErrRefused, "it is archived (S3 Glacier): restore it first (`aws s3api restore-object`), or leave it out")
	case "RequestTimeTooSkewed":
		return say(ErrRefused, "set this machine's clock right")
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "AuthFailure":
		return say(ErrRefused, "check the AWS credentials, and that AWS_REGION and AWS_ENDPOINT_URL_S3 are those of the account they belong to")
	case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired":
		return say(ErrRefused, "the AWS credentials expired: get new ones (`aws sso login`)")
	}
	switch {
	case r.elsewhere():
		return say(ErrRefused, "the bucket is in another region: set AWS_REGION to it")
	case strings.HasPrefix(r.code, "KMS."):
		return say(ErrRefused, "the KMS key it is encrypted with can't be used")
	case r.status == http.StatusForbidden || r.status == http.StatusUnauthorized:
		return say(ErrRefused, b.permission(what))
	case r.status == http.StatusNotFound:
		return say(ErrNotFound, "check the bucket and AWS_ENDPOINT_URL_S3")
	case r.status == http.StatusPreconditionFailed || r.status == http.StatusRequestedRangeNotSatisfiable:
		return changed(where)
	case b.transient(err):
		return say(ErrUnreachable, "it was asked again and again: run it later")
	}
	return fmt.Errorf("%s can't be %s: %w", where, done, errors.New(r.String()))
}

// permission says which permission an answer of 403 asks for.
func (b *bucket) permission(what request) string {
	arn := "arn:" + b.partition() + ":s3:::" + b.name
	switch what.action {
	case list:
		return "allow s3:ListBucket on " + arn
	case keep:
		return "allow s3:PutObject and s3:GetObject on " + arn + "/" + b.prefix + "* and, where the bucket is encrypted with a KMS key, kms:GenerateDataKey and kms:Decrypt on that key"
	case removal:
		return "allow s3:DeleteObject on " + arn + "/" + b.prefix + "*"
	case listUploads:
		return "allow s3:ListBucketMultipartUploads on " + arn
	case abort:
		return "allow s3:AbortMultipartUpload on " + arn + "/" + b.prefix + "*"
	default:
	}
	return "allow s3:GetObject on " + arn + "/" + what.key + " and, where it is encrypted with a KMS key, kms:Decrypt on that key"
}

// partition returns the part of AWS that the bucket is in, as ARNs name it.
func (b *bucket) partition() string {
	region := b.client.Options().Region
	if r := b.region.Load(); r != nil {
		region = *r
	}
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
