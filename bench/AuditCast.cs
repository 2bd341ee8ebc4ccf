namespace ImageBuilderDataProtection.Bench;

/// <summary>
/// Who and what the records of a corpus are about: an account's roles, sessions, keys, buckets and instances. They come
/// again and again, as in an account, so that the records compress as CloudTrail's do.
/// </summary>
internal sealed class AuditCast
{
    public const string Account = "111122223333";
    public const string OtherAccount = "444455556666";

    private static readonly string[] RoleNames =
    [
        "YourImageBuilderExecutionRole", "Admin", "ReadOnly", "ci-deploy", "ci-build", "web-frontend-task", "orders-api-task", "payments-api-task",
        "nightly-export", "config-recorder", "backup-operator", "data-lake-ingest", "eks-node-group", "lambda-thumbnailer", "lambda-mailer",
        "lambda-order-events", "glue-etl", "log-shipper", "security-audit", "cost-explorer", "patch-manager", "AWSServiceRoleForAutoScaling",
        "AWSServiceRoleForSupport", "AWSServiceRoleForImageBuilder", "AWSServiceRoleForConfig", "AWSServiceRoleForECS",
    ];

    public AuditCast(AuditChance chance)
    {
        Roles = [.. RoleNames.Select(name => new AuditRole(name, "AROA" + chance.Letters(17), $"arn:aws:iam::{Account}:role/{name}"))];
        Users = [.. "ana bruno chen dalia emre".Split(' ').Select(name => new AuditRole(name, "AIDA" + chance.Letters(17), $"arn:aws:iam::{Account}:user/{name}"))];
        UserKeys = [.. Users.Select(_ => "AKIA" + chance.Letters(16))];
        Keys = [.. Enumerable.Range(0, 24).Select(_ => chance.Guid())];
        Workflows = [.. Enumerable.Range(0, 12).Select(n => $"workflow/{(n % 3 == 2 ? "test" : "build")}/{(n % 2 == 0 ? "hardened-base" : "database-host")}-{n}/1.{n % 4}.0/{1 + (n % 5)}")];
        Instances = [.. Enumerable.Range(0, 150).Select(_ => "i-0" + chance.Hex(16))];
        Volumes = [.. Enumerable.Range(0, 200).Select(_ => "vol-0" + chance.Hex(16))];
        Subnets = [.. Enumerable.Range(0, 9).Select(_ => "subnet-0" + chance.Hex(16))];
        Groups = [.. Enumerable.Range(0, 20).Select(_ => "sg-0" + chance.Hex(16))];
        Images = [.. Enumerable.Range(0, 15).Select(_ => "ami-0" + chance.Hex(16))];
        Addresses = [.. Enumerable.Range(0, 90).Select(n => n % 3 == 0 ? $"203.0.113.{n}" : n % 3 == 1 ? $"198.51.100.{n}" : $"10.0.{n % 9}.{n * 2}")];
        Buckets = [.. "orders-archive invoices web-assets ci-artifacts data-lake-raw data-lake-curated backups session-logs".Split(' ').Select(static name => $"amzn-s3-demo-{name}")];
    }

    public AuditRole[] Roles { get; }

    public AuditRole[] Users { get; }

    public string[] UserKeys { get; }

    public string[] Keys { get; }

    /// <summary>Resource parts of workflow ARNs.</summary>
    public string[] Workflows { get; }

    public string[] Instances { get; }

    public string[] Volumes { get; }

    public string[] Subnets { get; }

    public string[] Groups { get; }

    public string[] Images { get; }

    public string[] Addresses { get; }

    public string[] Buckets { get; }

    public static string[] Agents { get; } =
    [
        "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1 md/GOOS#linux md/GOARCH#arm64 api/ec2#1.211.3 m/E",
        "aws-sdk-java/2.31.7 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.132 lang/java#21.0.6 md/OpenJDK_64-Bit_Server_VM#21.0.6+7-LTS md/vendor#Amazon.com_Inc. m/D,N",
        "aws-cli/2.25.6 md/awscrt#0.23.8 ua/2.1 os/linux#6.8.0-1026-aws md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython m/b,Z cfg/retry-mode#standard md/installer#exe",
        "Boto3/1.37.23 md/Botocore#1.37.23 ua/2.1 os/linux#5.10.234-225.921.amzn2.x86_64 md/arch#x86_64 lang/python#3.11.11 md/pyimpl#CPython Botocore/1.37.23",
        "APN/1.0 HashiCorp/1.0 Terraform/1.11.3 (+https://www.terraform.io) terraform-provider-aws/5.94.1 aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.7",
        "aws-sdk-js/3.782.0 ua/2.1 os/linux#5.10 lang/js md/nodejs#22.14.0 api/dynamodb#3.782.0 exec-env/AWS_Lambda_nodejs22.x",
        "AWSPowerShell.Common/4.1.786.0 ua/2.1 os/windows#10.0.20348.0 md/ARCH#X64 lang/.NET_Core#8.0.14 md/PowerShell#7.4.6",
        "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0",
    ];
}
