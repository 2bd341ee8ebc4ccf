using System.Globalization;

namespace ImageBuilderDataProtection.Bench;

/// <summary>
/// Makes CloudTrail records of a dozen services, in the order of elements and the sizes that CloudTrail writes. Some hold
/// what a careless search falls for: policy documents with the condition key of the workflow ARN inside a string, Image
/// Builder's own calls with workflow ARNs, withheld parameters of other services, KMS calls for other services.
/// </summary>
internal sealed class AuditRecords(AuditCast cast, AuditChance chance, string region, DateTime start)
{
    private const string Account = AuditCast.Account;
    private const string Withheld = "HIDDEN_DUE_TO_SECURITY_REASONS";

    private const string ForWorkflows = """{"StringLike":{"kms:EncryptionContext:aws:imagebuilder:arn":"arn:aws:imagebuilder:*:111122223333:workflow/*"}}""";

    private readonly string[] _sessions = [.. Enumerable.Range(0, 40).Select(n => Session(cast, chance, start.AddMinutes(-n)))];
    private DateTime _time = start;
    private int _topic;
    private string _session = "";
    private string _address = "";
    private string _agent = "";
    private string _bucket = cast.Buckets[0];
    private string _instance = cast.Instances[0];
    private string _key = cast.Keys[0];
    private AuditRole _role = cast.Roles[0];

    /// <summary>A call to KMS in whose encryption context a workflow is named.</summary>
    public string ForWorkflow()
    {
        string workflow = $"arn:aws:imagebuilder:{region}:{Account}:{chance.Of(cast.Workflows)}";
        string publicKey = chance.OneIn(3) ? "" : $",\"aws-crypto-public-key\":\"{chance.Base64(49)}\"";
        string context = $$"""{"aws:imagebuilder:arn":"{{workflow}}"{{publicKey}}}""";
        return Write(Kms(chance.Of("Decrypt", "Decrypt", "GenerateDataKey", "Encrypt"), context, "imagebuilder.amazonaws.com"));
    }

    /// <summary>A call to KMS that is about no workflow.</summary>
    public string ForKms() => Write(chance.Below(20) switch
    {
        0 => KeyPolicy(),
        1 or 2 => new AuditCall("kms", "DescribeKey", true, $$"""{"keyId":"{{chance.Of(cast.Keys)}}"}"""),
        3 or 4 => Grant(),
        5 => Kms("Encrypt", $$"""{"SecretARN":"{{Secret()}}","SecretVersionId":"{{chance.Guid()}}"}""", "secretsmanager.amazonaws.com"),
        6 or 7 => Kms("Decrypt", $$"""{"PARAMETER_ARN":"arn:aws:ssm:{{region}}:{{Account}}:parameter/app/{{chance.Of("orders", "web")}}/{{chance.Hex(4)}}"}""", null),
        8 => Kms("GenerateDataKey", null, null),
        < 12 => Kms("Decrypt", $$"""{"aws:ebs:id":"{{chance.Of(cast.Volumes)}}"}""", "ec2.amazonaws.com"),
        _ => Kms(
            chance.Of("Decrypt", "GenerateDataKey"),
            $$"""{"aws:s3:arn":"arn:aws:s3:::{{_bucket}}/{{ObjectKey()}}"}""",
            chance.OneIn(2) ? null : "s3.amazonaws.com"),
    });

    /// <summary>A call to another service.</summary>
    public string ForOther() => Write(_topic switch
    {
        < 20 => S3(),
        < 42 => Ec2(),
        < 56 => Sts(),
        < 62 => Iam(),
        < 68 => Lambda(),
        < 77 => Logs(),
        < 83 => DynamoDb(),
        < 90 => Ssm(),
        < 93 => ImageBuilder(),
        < 96 => Ecr(),
        < 98 => new AuditCall("secretsmanager", "GetSecretValue", true, $$"""{"secretId":"{{Secret()}}","versionStage":"AWSCURRENT"}"""),
        < 99 => SignIn(),
        _ => new AuditCall("sso-directory", "DescribeUsers", true, $"\"{Withheld}\"", $"\"{Withheld}\""),
    });

    private static string Session(AuditCast cast, AuditChance chance, DateTime created)
    {
        AuditRole role = chance.Of(cast.Roles);
        string name = chance.Of(role.Name, "i-0" + chance.Hex(16), $"{chance.Of("ana", "bruno", "chen")}@example.com", $"aws-go-sdk-{chance.Hex(19)}");
        return $$$"""
            {"type":"AssumedRole","principalId":"{{{role.Id}}}:{{{name}}}",
            "arn":"arn:aws:sts::{{{Account}}}:assumed-role/{{{role.Name}}}/{{{name}}}","accountId":"{{{Account}}}",
            "accessKeyId":"ASIA{{{chance.Letters(16)}}}","sessionContext":{"sessionIssuer":{"type":"Role",
            "principalId":"{{{role.Id}}}","arn":"{{{role.Arn}}}","accountId":"{{{Account}}}","userName":"{{{role.Name}}}"},
            "attributes":{"creationDate":"{{{Text(created)}}}","mfaAuthenticated":"{{{(chance.OneIn(6) ? "true" : "false")}}}"}}
            """;
    }

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // How a document of JSON stands inside a JSON string.
    private static string Escaped(string json) => json.Replace("\"", "\\\"", StringComparison.Ordinal);

    // The literals are broken into lines to be read; CloudTrail writes all of a file on one.
    private string Write(AuditCall call)
    {
        if (chance.OneIn(4))
        {
            _time = _time.AddSeconds(1);
        }

        // A program makes several calls of a kind in a row, and most records are of such.
        if (_session.Length == 0 || chance.OneIn(24))
        {
            _topic = chance.Below(100);
            _session = chance.Of(_sessions);
            _address = chance.Of(cast.Addresses);
            _agent = chance.Of(AuditCast.Agents);
            _bucket = chance.Of(cast.Buckets);
            _instance = chance.Of(cast.Instances);
            _key = chance.Of(cast.Keys);
            _role = chance.Of(cast.Roles);
        }

        string identity = call.Identity ?? Identity(call.InvokedBy);
        bool isDenied = chance.OneIn(60);
        string error = isDenied ? Refusal(call) : "";
        string additional = call.Additional is null ? "" : $",\"additionalEventData\":{call.Additional}";
        string resources = call.Resources is null ? "" : $",\"resources\":{call.Resources}";
        string endpoint = call.InvokedBy is null && chance.OneIn(5) ? $",\"vpcEndpointId\":\"vpce-0{Account}1234567\",\"vpcEndpointAccountId\":\"{Account}\"" : "";
        string tls = call.InvokedBy is null && call.Type == "AwsApiCall"
            ? $$""","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{{call.Service}}.{{region}}.amazonaws.com"}"""
            : "";
        return $$"""
            {"eventVersion":"1.11","userIdentity":{{identity}},"eventTime":"{{Text(_time)}}",
            "eventSource":"{{call.Service}}.amazonaws.com","eventName":"{{call.Name}}","awsRegion":"{{region}}",
            "sourceIPAddress":"{{call.InvokedBy ?? _address}}",
            "userAgent":"{{call.InvokedBy ?? _agent}}"{{error}},
            "requestParameters":{{call.Request}},"responseElements":{{(isDenied ? "null" : call.Response)}}{{additional}},
            "requestID":"{{chance.Guid()}}","eventID":"{{chance.Guid()}}","readOnly":{{(call.ReadOnly ? "true" : "false")}}{{resources}},
            "eventType":"{{call.Type}}","managementEvent":{{(call.IsManagement ? "true" : "false")}},
            "recipientAccountId":"{{Account}}"{{endpoint}},"eventCategory":"{{(call.IsManagement ? "Management" : "Data")}}"{{tls}}}
            """.ReplaceLineEndings("");
    }

    private string Refusal(AuditCall call)
    {
        string code = call.Service == "ec2" ? "Client.UnauthorizedOperation" : "AccessDenied";
        string action = $"{call.Service}:{call.Name}";
        string user = $"arn:aws:sts::{Account}:assumed-role/{_role.Name}/session";
        string message = $"User: {user} is not authorized to perform: {action} because no identity-based policy allows the {action} action";
        return $",\"errorCode\":\"{code}\",\"errorMessage\":\"{message}\"";
    }

    private string Identity(string? invokedBy)
    {
        string invoked = invokedBy is null ? "" : $",\"invokedBy\":\"{invokedBy}\"";
        int user = chance.Below(cast.Users.Length);
        return chance.Below(40) switch
        {
            0 => $$"""{"type":"Root","principalId":"{{Account}}","arn":"arn:aws:iam::{{Account}}:root","accountId":"{{Account}}","accessKeyId":""{{invoked}}}""",
            1 => $$"""
                {"type":"AWSAccount","principalId":"AROA{{chance.Letters(17)}}:{{chance.Of(cast.Instances)}}",
                "accountId":"{{AuditCast.OtherAccount}}"{{invoked}}}
                """,
            2 => $$"""
                {"type":"IdentityCenterUser","accountId":"{{Account}}","onBehalfOf":{"userId":"{{chance.Guid()}}",
                "identityStoreArn":"arn:aws:identitystore::{{Account}}:identitystore/d-9067642ac7"},
                "credentialId":"{{chance.Hex(64)}}"{{invoked}}}
                """,
            < 7 => $$"""
                {"type":"IAMUser","principalId":"{{cast.Users[user].Id}}","arn":"{{cast.Users[user].Arn}}",
                "accountId":"{{Account}}","accessKeyId":"{{cast.UserKeys[user]}}",
                "userName":"{{cast.Users[user].Name}}"{{invoked}}}
                """,
            _ => _session + invoked + "}",
        };
    }

    private string Key() => $"arn:aws:kms:{region}:{Account}:key/{_key}";

    private string Secret() => $"arn:aws:secretsmanager:{region}:{Account}:secret:prod/{chance.Of("orders", "payments", "mailer")}/db-{chance.Hex(3)}Qx";

    private string ObjectKey() => $"{chance.Of("raw", "curated", "daily")}/dt={_time:yyyy-MM-dd}/part-{chance.Below(10000):00000}-{chance.Hex(12)}.snappy.parquet";

    private static string KeyResource(string key) => $$"""[{"accountId":"{{Account}}","type":"AWS::KMS::Key","ARN":"{{key}}"}]""";

    private AuditCall Kms(string name, string? context, string? invokedBy)
    {
        string key = Key();
        string what = name == "GenerateDataKey" ? "\"keySpec\":\"AES_256\"" : "\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\"";
        string bound = context is null ? "" : $",\"encryptionContext\":{context}";
        return new AuditCall("kms", name, true, $$"""{"keyId":"{{key}}",{{what}}{{bound}}}""")
        {
            InvokedBy = invokedBy,
            Additional = name == "Decrypt" ? $$"""{"keyMaterialId":"{{Material(_key)}}"}""" : null,
            Resources = KeyResource(key),
        };
    }

    // The id of the key's present material, the same in every record.
    private static string Material(string key) => string.Concat(Enumerable.Repeat(key.Replace("-", "", StringComparison.Ordinal), 2));

    private AuditCall Grant()
    {
        string key = Key();
        return new AuditCall(
            "kms",
            "CreateGrant",
            false,
            $$$"""
                {"keyId":"{{{key}}}","constraints":{"encryptionContextSubset":{"aws:ebs:id":"{{{chance.Of(cast.Volumes)}}}"}},
                "granteePrincipal":"arn:aws:sts::{{{Account}}}:assumed-role/aws:ec2-infrastructure/{{{chance.Of(cast.Instances)}}}",
                "operations":["Decrypt"]}
                """,
            $$"""{"grantId":"{{chance.Hex(64)}}","keyId":"{{key}}"}""")
        {
            InvokedBy = "ec2-frontend-api.amazonaws.com",
            Resources = KeyResource(key),
        };
    }

    // The name stands here too, but in a policy, and the policy in a string.
    private AuditCall KeyPolicy()
    {
        string key = Key();
        string policy = $$$"""
            {"Version":"2012-10-17","Statement":[{"Sid":"Allow access to build images with encrypted workflow","Effect":"Allow",
            "Principal":{"AWS":"{{{chance.Of(cast.Roles).Arn}}}"},"Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"*",
            "Condition":{{{ForWorkflows}}}},{"Sid":"Administrators","Effect":"Allow",
            "Principal":{"AWS":"arn:aws:iam::{{{Account}}}:root"},"Action":"kms:*","Resource":"*"}]}
            """;
        return new AuditCall("kms", "PutKeyPolicy", false, $$"""{"keyId":"{{key}}","policyName":"default","bypassPolicyLockoutSafetyCheck":false,"policy":"{{Escaped(policy)}}"}""")
        {
            Resources = KeyResource(key),
        };
    }

    private AuditCall S3()
    {
        string bucket = _bucket;
        string host = $"{bucket}.s3.{region}.amazonaws.com";
        string bucketResource = $$"""{"accountId":"{{Account}}","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::{{bucket}}"}""";
        if (chance.OneIn(5))
        {
            return new AuditCall("s3", chance.Of("GetBucketAcl", "GetBucketEncryption", "GetBucketPublicAccessBlock"), true, $$"""{"bucketName":"{{bucket}}","Host":"{{host}}","acl":""}""")
            {
                InvokedBy = chance.OneIn(2) ? "config.amazonaws.com" : null,
                Resources = $"[{bucketResource}]",
                Additional = Transfer(0),
            };
        }

        string key = ObjectKey();
        string resources = $$"""[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::{{bucket}}/{{key}}"},{{bucketResource}}]""";
        return chance.OneIn(3)
            ? new AuditCall(
                "s3",
                "PutObject",
                false,
                $$"""{"bucketName":"{{bucket}}","Host":"{{host}}","key":"{{key}}","x-amz-server-side-encryption":"aws:kms"}""",
                $$"""{"x-amz-server-side-encryption":"aws:kms","x-amz-server-side-encryption-aws-kms-key-id":"{{Key()}}"}""")
            {
                Resources = resources,
                Additional = Transfer(chance.Below(9_000_000)),
                IsManagement = false,
            }
            : new AuditCall("s3", "GetObject", true, $$"""{"bucketName":"{{bucket}}","Host":"{{host}}","key":"{{key}}"}""")
            {
                Resources = resources,
                Additional = Transfer(chance.Below(9_000_000)),
                IsManagement = false,
            };
    }

    private string Transfer(int bytes) =>
        $$"""
            {"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"SSEApplied":"SSE_KMS",
            "AuthenticationMethod":"AuthHeader","x-amz-id-2":"{{chance.Base64(57)}}","bytesTransferredOut":{{bytes}}}
            """;

    private AuditCall Ec2()
    {
        string instance = _instance;
        return chance.Below(8) switch
        {
            0 => RunInstances(instance),
            1 => new AuditCall("ec2", "CreateTags", false, $$$"""
                {"resourcesSet":{"items":[{"resourceId":"{{{instance}}}"},{"resourceId":"{{{chance.Of(cast.Volumes)}}}"}]},
                "tagSet":{"items":[{"key":"team","value":"{{{chance.Of("orders", "platform", "data")}}}"},{"key":"cost-centre",
                "value":"{{{chance.Below(9000)}}}"}]}}
                """, $$$"""{"requestId":"{{{chance.Guid()}}}","_return":true}"""),
            2 => new AuditCall("ec2", "CreateSnapshot", false, $$"""
                {"volumeId":"{{chance.Of(cast.Volumes)}}",
                "description":"nightly \u003cauto\u003e of {{instance}} \u0026 its data"}
                """, $$"""
                    {"requestId":"{{chance.Guid()}}","snapshotId":"snap-0{{chance.Hex(16)}}",
                    "volumeId":"{{chance.Of(cast.Volumes)}}","status":"pending",
                    "startTime":{{new DateTimeOffset(_time).ToUnixTimeMilliseconds()}},"progress":"","ownerId":"{{Account}}",
                    "volumeSize":"{{chance.Of(8, 50, 100)}}","encrypted":true}
                    """),
            3 => new AuditCall("ec2", "DescribeSecurityGroups", true, $$$"""{"securityGroupSet":{"items":[{{{List("groupId", cast.Groups, 5)}}}]},"securityGroupIdSet":{},"filterSet":{}}"""),
            4 => new AuditCall("ec2", "DescribeVolumes", true, $$$"""{"volumeSet":{"items":[{{{List("volumeId", cast.Volumes, 12)}}}]},"filterSet":{}}"""),
            5 => new AuditCall("ec2", "DescribeInstanceStatus", true, $$$"""{"instancesSet":{"items":[{{{List("instanceId", cast.Instances, 30)}}}]},"filterSet":{}}""")
            {
                InvokedBy = "autoscaling.amazonaws.com",
            },
            _ => new AuditCall("ec2", "DescribeInstances", true, $$$"""
                {"instancesSet":{"items":[{{{List("instanceId", cast.Instances, 8)}}}]},
                "filterSet":{"items":[{"name":"instance-state-name","valueSet":{"items":[{"value":"running"},
                {"value":"pending"}]}},{"name":"tag:team","valueSet":{"items":[{"value":"orders"}]}}]}}
                """),
        };
    }

    private AuditCall RunInstances(string instance)
    {
        string image = chance.Of(cast.Images);
        string subnet = chance.Of(cast.Subnets);
        string group = chance.Of(cast.Groups);
        string network = "eni-0" + chance.Hex(16);
        string address = $"10.0.{chance.Below(9)}.{chance.Below(250)}";
        string name = $"ip-{address.Replace('.', '-')}.{region}.compute.internal";
        return new AuditCall(
            "ec2",
            "RunInstances",
            false,
            $$$"""
                {"instancesSet":{"items":[{"imageId":"{{{image}}}","minCount":1,"maxCount":1}]},"instanceType":"m7g.large",
                "blockDeviceMapping":{"items":[{"deviceName":"/dev/xvda","ebs":{"volumeSize":50,"deleteOnTermination":true,
                "volumeType":"gp3","encrypted":true}}]},"availabilityZone":"{{{region}}}a","monitoring":{"enabled":false},
                "subnetId":"{{{subnet}}}","disableApiTermination":false,"disableApiStop":false,
                "clientToken":"fleet-{{{chance.Guid()}}}-0","userData":"\u003csensitiveDataRemoved\u003e",
                "launchTemplate":{"launchTemplateId":"lt-0{{{chance.Hex(16)}}}","version":"7"},
                "tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"aws:autoscaling:groupName",
                "value":"orders-api"},{"key":"team","value":"orders"}]}]}}
                """,
            $$$"""
                {"requestId":"{{{chance.Guid()}}}","reservationId":"r-0{{{chance.Hex(16)}}}","ownerId":"{{{Account}}}",
                "groupSet":{},"instancesSet":{"items":[{"instanceId":"{{{instance}}}","imageId":"{{{image}}}","bootMode":"uefi",
                "currentInstanceBootMode":"uefi","instanceState":{"code":0,"name":"pending"},"privateDnsName":"{{{name}}}",
                "amiLaunchIndex":0,"productCodes":{},"instanceType":"m7g.large",
                "launchTime":{{{new DateTimeOffset(_time).ToUnixTimeMilliseconds()}}},
                "placement":{"availabilityZone":"{{{region}}}a","tenancy":"default"},"monitoring":{"state":"disabled"},
                "subnetId":"{{{subnet}}}","vpcId":"vpc-0a1b2c3d4e5f67890","privateIpAddress":"{{{address}}}",
                "stateReason":{"code":"pending","message":"pending"},"architecture":"arm64","rootDeviceType":"ebs",
                "rootDeviceName":"/dev/xvda","blockDeviceMapping":{},"virtualizationType":"hvm","hypervisor":"xen",
                "groupSet":{"items":[{"groupId":"{{{group}}}","groupName":"orders-api"}]},"sourceDestCheck":true,
                "networkInterfaceSet":{"items":[{"networkInterfaceId":"{{{network}}}","subnetId":"{{{subnet}}}",
                "vpcId":"vpc-0a1b2c3d4e5f67890","ownerId":"{{{Account}}}","status":"in-use",
                "macAddress":"0a:{{{chance.Hex(2)}}}:{{{chance.Hex(2)}}}:{{{chance.Hex(2)}}}:{{{chance.Hex(2)}}}:{{{chance.Hex(2)}}}",
                "privateIpAddress":"{{{address}}}","privateDnsName":"{{{name}}}","sourceDestCheck":true,
                "interfaceType":"interface","groupSet":{"items":[{"groupId":"{{{group}}}","groupName":"orders-api"}]},
                "attachment":{"attachmentId":"eni-attach-0{{{chance.Hex(16)}}}","deviceIndex":0,"networkCardIndex":0,
                "status":"attaching","deleteOnTermination":true}}]},"ebsOptimized":true,"metadataOptions":{"state":"pending",
                "httpTokens":"required","httpPutResponseHopLimit":2,"httpEndpoint":"enabled",
                "instanceMetadataTags":"disabled"}}]}}
                """)
        {
            InvokedBy = chance.OneIn(2) ? "autoscaling.amazonaws.com" : null,
        };
    }

    private AuditCall Sts()
    {
        AuditRole role = _role;
        string name = chance.OneIn(2) ? _instance : $"aws-go-sdk-{chance.Hex(19)}";
        string credentials = $$$"""
            {"credentials":{"accessKeyId":"ASIA{{{chance.Letters(16)}}}",
            "sessionToken":"IQoJb3JpZ2luX2VjEA4aCXVzLXdlc3QtMiJHMEUCIQ{{{chance.Base64(48)}}}",
            "expiration":"{{{Text(_time.AddHours(1))}}}"},"assumedRoleUser":{"assumedRoleId":"{{{role.Id}}}:{{{name}}}",
            "arn":"arn:aws:sts::{{{Account}}}:assumed-role/{{{role.Name}}}/{{{name}}}"}}
            """;
        string resources = $$"""[{"accountId":"{{Account}}","type":"AWS::IAM::Role","ARN":"{{role.Arn}}"}]""";
        string service = chance.Of("ec2", "lambda", "ecs-tasks", "config", "imagebuilder") + ".amazonaws.com";
        return chance.Below(10) switch
        {
            0 => new AuditCall("sts", "GetCallerIdentity", true, "null"),
            1 or 2 => new AuditCall("sts", "AssumeRoleWithWebIdentity", true, $$"""{"roleArn":"{{role.Arn}}","roleSessionName":"{{name}}","durationSeconds":3600}""", credentials)
            {
                Identity = $$"""
                    {"type":"WebIdentityUser",
                    "principalId":"arn:aws:iam::{{Account}}:oidc-provider/token.example.com:sts.amazonaws.com:repo:example/orders:ref:refs/heads/main",
                    "userName":"repo:example/orders:ref:refs/heads/main",
                    "identityProvider":"arn:aws:iam::{{Account}}:oidc-provider/token.example.com"}
                    """,
                Resources = resources,
            },
            3 => new AuditCall("sts", "AssumeRoleWithSAML", true, $$"""
                {"sAMLAssertionID":"_{{chance.Guid()}}","roleSessionName":"ana@example.com","roleArn":"{{role.Arn}}",
                "principalArn":"arn:aws:iam::{{Account}}:saml-provider/Example","durationSeconds":3600}
                """, credentials)
            {
                Identity = $$"""
                    {"type":"SAMLUser","principalId":"{{chance.Base64(20)}}:ana@example.com","userName":"ana@example.com",
                    "identityProvider":"{{chance.Base64(20)}}"}
                    """,
                Resources = resources,
            },
            _ => new AuditCall("sts", "AssumeRole", true, $$"""{"roleArn":"{{role.Arn}}","roleSessionName":"{{name}}","externalId":"{{chance.Hex(12)}}"}""", credentials)
            {
                Identity = $$"""{"type":"AWSService","invokedBy":"{{service}}"}""",
                InvokedBy = service,
                Resources = resources,
            },
        };
    }

    private AuditCall Iam()
    {
        AuditRole role = _role;
        if (chance.OneIn(3))
        {
            string policy = $$"""
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],
                "Resource":["arn:aws:s3:::{{_bucket}}","arn:aws:s3:::{{_bucket}}/*"]},
                {"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"{{Key()}}",
                "Condition":{{ForWorkflows}}}]}
                """;
            return new AuditCall("iam", "PutRolePolicy", false, $$"""{"roleName":"{{role.Name}}","policyName":"workflow-{{chance.Hex(6)}}","policyDocument":"{{Escaped(policy)}}"}""");
        }

        return new AuditCall("iam", chance.Of("GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "GetInstanceProfile"), true, $$"""{"roleName":"{{role.Name}}","maxItems":1000}""");
    }

    private AuditCall Lambda()
    {
        string function = $"arn:aws:lambda:{region}:{Account}:function:{chance.Of("thumbnailer", "mailer", "order-events")}";
        return chance.OneIn(3)
            ? new AuditCall("lambda", "UpdateFunctionConfiguration20150331v2", false, $$$"""{"functionName":"{{{function}}}","environment":"{{{Withheld}}}","timeout":30}""",
                $$$"""
                    {"functionName":"mailer","functionArn":"{{{function}}}","runtime":"nodejs22.x",
                    "role":"{{{_role.Arn}}}","handler":"index.handler","codeSize":{{{chance.Below(9_000_000)}}},
                    "description":"","timeout":30,"memorySize":512,"lastModified":"{{{Text(_time)}}}",
                    "codeSha256":"{{{chance.Base64(32)}}}","version":"$LATEST","environment":{},"tracingConfig":{"mode":"Active"},
                    "revisionId":"{{{chance.Guid()}}}","state":"Active","lastUpdateStatus":"InProgress","packageType":"Zip",
                    "architectures":["arm64"],"ephemeralStorage":{"size":512}}
                    """)
            : new AuditCall("lambda", chance.Of("GetFunction20150331v2", "GetPolicy20150331v2", "ListTags20170331"), true, $$"""{"functionName":"{{function}}"}""");
    }

    private AuditCall Logs()
    {
        string group = $"/aws/{chance.Of("lambda", "ecs", "imagebuilder")}/{chance.Of("orders-api", "thumbnailer", "hardened-base-0")}";
        return chance.OneIn(3)
            ? new AuditCall("logs", "CreateLogStream", false, $$"""{"logGroupName":"{{group}}","logStreamName":"{{_time:yyyy/MM/dd}}/[$LATEST]{{chance.Hex(32)}}"}""")
            : new AuditCall("logs", chance.Of("DescribeLogStreams", "DescribeLogGroups", "DescribeMetricFilters"), true, $$"""{"logGroupNamePrefix":"{{group}}","limit":50,"descending":true}""");
    }

    private AuditCall DynamoDb()
    {
        string table = chance.Of("orders", "sessions", "carts");
        string resources = $$"""[{"accountId":"{{Account}}","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:{{region}}:{{Account}}:table/{{table}}"}]""";
        return chance.OneIn(2)
            ? new AuditCall("dynamodb", "DescribeTable", true, $$"""{"tableName":"{{table}}"}""") { Resources = resources }
            : new AuditCall("dynamodb", "GetItem", true, $$$"""
                {"tableName":"{{{table}}}","key":{"id":"{{{chance.Guid()}}}","sort":"{{{Text(_time)}}}"},"consistentRead":false,
                "projectionExpression":"#s, total, #u","expressionAttributeNames":{"#s":"status","#u":"updated"}}
                """)
            {
                Resources = resources,
                IsManagement = false,
            };
    }

    private AuditCall Ssm()
    {
        string instance = _instance;
        return chance.Below(4) switch
        {
            0 => new AuditCall("ssm", "SendCommand", false, $$$"""
                {"instanceIds":["{{{instance}}}"],"documentName":"AWS-RunShellScript","timeoutSeconds":600,
                "parameters":"{{{Withheld}}}","comment":"patch \u003cweekly\u003e"}
                """, $$$"""
                    {"command":{"commandId":"{{{chance.Guid()}}}","documentName":"AWS-RunShellScript",
                    "documentVersion":"$DEFAULT","comment":"patch \u003cweekly\u003e","parameters":"{{{Withheld}}}",
                    "instanceIds":["{{{instance}}}"],"targets":[],"status":"Pending","statusDetails":"Pending",
                    "maxConcurrency":"50","maxErrors":"0","targetCount":1,"completedCount":0,"errorCount":0,"serviceRole":"",
                    "cloudWatchOutputConfig":{"cloudWatchLogGroupName":"","cloudWatchOutputEnabled":false},
                    "notificationEvents":[]}}
                    """),
            1 => new AuditCall("ssm", "PutParameter", false, $$"""
                {"name":"/app/{{chance.Of("orders", "web")}}/{{chance.Hex(4)}}","value":"{{Withheld}}","type":"SecureString",
                "keyId":"{{Key()}}","overwrite":true}
                """, $$"""{"version":{{chance.Below(90)}},"tier":"Standard"}"""),
            _ => new AuditCall("ssm", "UpdateInstanceInformation", false, $$"""
                {"instanceId":"{{instance}}","agentVersion":"3.3.1957.0","agentStatus":"Active","platformType":"Linux",
                "platformName":"Amazon Linux","platformVersion":"2023",
                "iPAddress":"10.0.{{chance.Below(9)}}.{{chance.Below(250)}}",
                "computerName":"{{instance}}.{{region}}.compute.internal","agentName":"amazon-ssm-agent",
                "availabilityZone":"{{region}}a","availabilityZoneId":"usw2-az1","sSMConnectionChannel":"ssmmessages"}
                """),
        };
    }

    // Workflow ARNs, but no key was used.
    private AuditCall ImageBuilder()
    {
        string workflow = $"arn:aws:imagebuilder:{region}:{Account}:{chance.Of(cast.Workflows)}";
        return chance.OneIn(3)
            ? new AuditCall("imagebuilder", "CreateWorkflow", false, $$"""
                {"name":"hardened-base","semanticVersion":"1.0.0","type":"BUILD","data":"{{Withheld}}","kmsKeyId":"{{Key()}}",
                "clientToken":"{{chance.Guid()}}"}
                """, $$"""{"requestId":"{{chance.Guid()}}","clientToken":"{{chance.Guid()}}","workflowBuildVersionArn":"{{workflow}}"}""")
            : new AuditCall("imagebuilder", "GetWorkflow", true, $$"""{"workflowBuildVersionArn":"{{workflow}}"}""");
    }

    private AuditCall Ecr()
    {
        string images = string.Join(',', Enumerable.Range(0, 1 + chance.Below(3)).Select(_ => $$"""{"imageDigest":"sha256:{{chance.Hex(64)}}"}"""));
        string repository = chance.Of("orders-api", "web-frontend");
        return new AuditCall("ecr", "BatchGetImage", true, $$"""
            {"registryId":"{{Account}}","repositoryName":"{{repository}}","imageIds":[{{images}}],
            "acceptedMediaTypes":["application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.distribution.manifest.list.v2+json","application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json"]}
            """)
        {
            Resources = $$"""[{"accountId":"{{Account}}","ARN":"arn:aws:ecr:{{region}}:{{Account}}:repository/{{repository}}"}]""",
        };
    }

    private static AuditCall SignIn() => new("signin", "ConsoleLogin", false, "null", """{"ConsoleLogin":"Success"}""")
    {
        Additional = """{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23\u0026isauthcode=true","MobileVersion":"No","MFAUsed":"Yes"}""",
        Type = "AwsConsoleSignIn",
    };

    private string List(string name, string[] of, int atMost) =>
        string.Join(',', of.Skip(_topic % (of.Length / 2)).Take(1 + chance.Below(atMost)).Select(item => $$"""{"{{name}}":"{{item}}"}"""));
}
