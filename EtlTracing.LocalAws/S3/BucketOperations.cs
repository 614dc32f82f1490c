namespace EtlTracing.LocalAws.S3;

sealed class BucketOperations(S3Store store, LocalCloudOptions options)
{
    static readonly string[] s_selections = ["prefix", "max-buckets", "continuation-token", "bucket-region"];

    public Task ListAsync(S3Request request)
    {
        var prefix = request.Query("prefix") ?? "";
        var count = S3Query.Count(request, "max-buckets", 10_000);
        var after = request.Query("continuation-token") is { Length: > 0 } token ? S3Query.ReadToken(token) : "";
        var region = request.Query("bucket-region");
        // Asked for some of them, S3 says more about each.
        var some = s_selections.Any(request.HasQuery);
        var buckets = store.Buckets().Where(bucket => bucket.Name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(bucket.Name, after) > 0
            && (region is null || bucket.Region == region)).ToList();
        return request.XmlAsync(S3Xml.Element("ListAllMyBucketsResult",
            S3Answer.Owner(),
            S3Xml.Element("Buckets", buckets.Take(count).Select(bucket => S3Xml.Element("Bucket",
                S3Xml.Element("Name", bucket.Name), S3Xml.Element("CreationDate", S3Answer.Iso(bucket.Created)),
                some ? S3Xml.Element("BucketRegion", bucket.Region) : null,
                some ? S3Xml.Element("BucketArn", $"arn:aws:s3:::{bucket.Name}") : null))),
            buckets.Count > count && count > 0 ? S3Xml.Element("ContinuationToken", S3Query.WriteToken(buckets[count - 1].Name)) : null,
            prefix.Length > 0 ? S3Xml.Element("Prefix", prefix) : null));
    }

    public async Task CreateAsync(S3Request request)
    {
        if (BucketName.IsReserved(request.Bucket)) throw S3Error.InvalidBucketName(request.Bucket);
        if (request.Header("x-amz-acl") is { } acl and not "private") throw new S3Exception(400, "InvalidBucketAclWithObjectOwnership", $"Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting: {acl}");
        if (string.Equals(request.Header("x-amz-bucket-object-lock-enabled"), "true", StringComparison.OrdinalIgnoreCase)) throw S3Error.HeaderNotImplemented("x-amz-bucket-object-lock-enabled");
        var location = await LocationConstraintAsync(request);
        CheckLocation(location, request.SignedRegion ?? options.Region);
        try
        {
            store.CreateBucket(request.Bucket, location);
        }
        catch (S3Exception e) when (e.Code == "BucketAlreadyOwnedByYou" && options.Region == "us-east-1")
        {
            // Only there S3 lets an owner create a bucket again.
        }
        var answer = request.Context.Response.Headers;
        answer.Location = location is null ? "/" + request.Bucket : $"{request.Context.Request.Scheme}://{request.Context.Request.Host}/{request.Bucket}";
        answer["x-amz-bucket-arn"] = $"arn:aws:s3:::{request.Bucket}";
        await request.Empty();
    }

    public Task HeadAsync(S3Request request)
    {
        var bucket = store.Bucket(request.Bucket);
        request.Context.Response.Headers["x-amz-bucket-region"] = bucket.Region;
        request.Context.Response.Headers["x-amz-bucket-arn"] = $"arn:aws:s3:::{bucket.Name}";
        request.Context.Response.Headers["x-amz-access-point-alias"] = "false";
        request.Context.Response.ContentType = "application/xml";
        request.Context.Response.StatusCode = 200;
        return Task.CompletedTask;
    }

    public Task DeleteAsync(S3Request request)
    {
        store.DeleteBucket(request.Bucket);
        return request.Empty(204);
    }

    /// <summary>us-east-1 is written as nothing.</summary>
    public Task LocationAsync(S3Request request) =>
        request.XmlAsync(S3Xml.Element("LocationConstraint", store.Bucket(request.Bucket).Location is "us-east-1" ? null : store.Bucket(request.Bucket).Location));

    static async Task<string?> LocationConstraintAsync(S3Request request)
    {
        var body = await S3Body.SmallAsync(request);
        if (body.Length == 0) return null;
        var root = S3Xml.Parse(body, "CreateBucketConfiguration");
        var location = root.Text("LocationConstraint");
        if (root.All("Bucket").Any() || root.All("Location").Any()) throw S3Error.NotImplemented("A directory bucket");
        if (string.IsNullOrEmpty(location)) return null;
        if (location.Length > 32 || !location.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw new S3Exception(400, "InvalidLocationConstraint", "The specified location-constraint is not valid", ("LocationConstraint", location));
        return location;
    }

    /// <summary>us-east-1 makes buckets everywhere but, by name, in itself; other regions only in themselves. ASSUMPTIONS S3-019</summary>
    static void CheckLocation(string? location, string region)
    {
        if (location is null) return;
        if (location == "us-east-1" && region == location) throw new S3Exception(400, "InvalidLocationConstraint", "The specified location-constraint is not valid", ("LocationConstraint", location));
        if (region is not "us-east-1" && location != region) throw S3Error.IllegalLocation(location);
    }
}
