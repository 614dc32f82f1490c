using System.Globalization;

namespace EtlTracing.LocalAws.S3;

/// <summary>
/// Every error this service answers with: status, code, S3's own sentence, and the elements it adds
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
/// </summary>
static class S3Error
{
    public static S3Exception AccessDenied(string message = "Access Denied", params (string, string)[] details) => new(403, "AccessDenied", message, details);
    public static S3Exception AclNotSupported() => new(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
    public static S3Exception AuthorizationHeaderMalformed(string message) => new(400, "AuthorizationHeaderMalformed", message);
    public static S3Exception AuthorizationQueryParametersError(string message) => new(400, "AuthorizationQueryParametersError", message);
    public static S3Exception BadDigest(string message) => new(400, "BadDigest", message);
    public static S3Exception BadMd5(string expected, string calculated) => new(400, "BadDigest", "The Content-MD5 you specified did not match what we received.", ("ExpectedDigest", expected), ("CalculatedDigest", calculated));
    public static S3Exception BucketAlreadyExists(string bucket) => new(409, "BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.", ("BucketName", bucket));
    public static S3Exception BucketAlreadyOwnedByYou(string bucket) => new(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.", ("BucketName", bucket));
    public static S3Exception BucketNotEmpty(string bucket) => new(409, "BucketNotEmpty", "The bucket you tried to delete is not empty", ("BucketName", bucket));
    public static S3Exception ConditionalRequestConflict(string condition, string key) => new(409, "ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation against this resource.", ("Condition", condition), ("Key", key));
    public static S3Exception CorsForbidden(string message, string method, string type) => new(403, "AccessForbidden", message, ("Method", method), ("ResourceType", type));
    public static S3Exception EntityTooLarge(long size, long allowed) => new(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", ("ProposedSize", Number(size)), ("MaxSizeAllowed", Number(allowed)));
    public static S3Exception EntityTooSmall(long size, int part, string etag) => new(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", ("ProposedSize", Number(size)), ("MinSizeAllowed", Number(S3Limits.MinPart)), ("PartNumber", Number(part)), ("ETag", etag));
    public static S3Exception IllegalLocation(string given) => new(400, "IllegalLocationConstraintException", $"The {given} location constraint is incompatible for the region specific endpoint this request was sent to.");
    public static S3Exception IncompleteBody() => new(400, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header");
    public static S3Exception InternalError() => new(500, "InternalError", "We encountered an internal error. Please try again.");
    public static S3Exception InvalidAccessKeyId(string id) => new(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", ("AWSAccessKeyId", id));
    public static S3Exception InvalidArgument(string message, string name, string value) => new(400, "InvalidArgument", message, ("ArgumentName", name), ("ArgumentValue", value));
    public static S3Exception InvalidArgument(string message, string name) => new(400, "InvalidArgument", message, ("ArgumentName", name));
    public static S3Exception InvalidBucketName(string bucket) => new(400, "InvalidBucketName", "The specified bucket is not valid.", ("BucketName", bucket));
    public static S3Exception InvalidChunk() => new(400, "InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192 bytes");
    public static S3Exception InvalidDigest(string given) => new(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", ("Content-MD5", given));
    public static S3Exception InvalidObjectState(string storageClass) => new(403, "InvalidObjectState", "The operation is not valid for the object's storage class", ("StorageClass", storageClass));
    public static S3Exception InvalidPart(string upload, int part, string etag) => new(400, "InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.", ("UploadId", upload), ("PartNumber", Number(part)), ("ETag", etag));
    public static S3Exception InvalidPartNumber(string requested, int actual) => new(416, "InvalidPartNumber", "The requested partnumber is not satisfiable", ("PartNumberRequested", requested), ("ActualPartCount", Number(actual)));
    public static S3Exception InvalidPartOrder(string upload) => new(400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.", ("UploadId", upload));
    public static S3Exception InvalidRange(string range, long size) => new(416, "InvalidRange", "The requested range is not satisfiable", ("RangeRequested", range), ("ActualObjectSize", Number(size)));
    public static S3Exception InvalidRequest(string message) => new(400, "InvalidRequest", message);
    public static S3Exception InvalidStorageClass(string given) => new(400, "InvalidStorageClass", "The storage class you specified is not valid", ("StorageClassRequested", given));
    public static S3Exception InvalidUri(string uri) => new(400, "InvalidURI", "Couldn't parse the specified URI.", ("URI", uri));
    public static S3Exception KeyTooLong(int size) => new(400, "KeyTooLongError", "Your key is too long", ("Size", Number(size)), ("MaxSizeAllowed", Number(S3Limits.Key)));
    public static S3Exception MalformedXml() => new(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
    public static S3Exception MaxMessageLengthExceeded(long allowed) => new(400, "MaxMessageLengthExceeded", "Your request was too big.", ("MaxMessageLengthBytes", Number(allowed)));
    public static S3Exception MetadataTooLarge(int size) => new(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", ("Size", Number(size)), ("MaxSizeAllowed", Number(S3Limits.Metadata)));
    public static S3Exception MethodNotAllowed(string method, string type) => new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", ("Method", method), ("ResourceType", type));
    public static S3Exception MissingContentLength() => new(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
    public static S3Exception MissingRequestBody() => new(400, "MissingRequestBodyError", "Request Body is empty");
    public static S3Exception NoSuchBucket(string bucket) => new(404, "NoSuchBucket", "The specified bucket does not exist", ("BucketName", bucket));
    public static S3Exception NoSuchConfiguration(string code, string message, string bucket) => new(404, code, message, ("BucketName", bucket));
    public static S3Exception NoSuchKey(string key) => new(404, "NoSuchKey", "The specified key does not exist.", ("Key", key));
    public static S3Exception NoSuchUpload(string upload) => new(404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", ("UploadId", upload));
    public static S3Exception NotImplemented(string what) => new(501, "NotImplemented", $"{what} is not implemented by this local S3.");
    public static S3Exception HeaderNotImplemented(string header) => new(501, "NotImplemented", "A header you provided implies functionality that is not implemented", ("Header", header));
    public static S3Exception HeaderNotImplemented(string header, string more) => new(501, "NotImplemented", "A header you provided implies functionality that is not implemented", ("Header", header), ("additionalMessage", more));
    public static S3Exception PreconditionFailed(string condition) => new(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", ("Condition", condition));
    public static S3Exception HeadersTooLarge() => new(400, "RequestHeaderSectionTooLarge", "Your request header section exceeds the maximum allowed size.", ("MaxSizeAllowed", Number(S3Limits.Headers)));
    public static S3Exception RequestTimeTooSkewed(string requestTime, string serverTime) => new(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", ("RequestTime", requestTime), ("ServerTime", serverTime), ("MaxAllowedSkewMilliseconds", "900000"));
    public static S3Exception Sha256Mismatch(string client, string computed) => new(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.", ("ClientComputedContentSHA256", client), ("S3ComputedContentSHA256", computed));
    public static S3Exception SignatureDoesNotMatch(params (string, string)[] details) => new(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.", details);

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
