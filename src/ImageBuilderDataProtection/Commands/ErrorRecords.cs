using System.Management.Automation;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Turns Core's failures into PowerShell's error records.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of a failure: its stable id, the category of its kind, and the input it came from.</summary>
    public static ErrorRecord Create(DataProtectionException failure, object? input)
    {
        var record = new ErrorRecord(failure, failure.ErrorId, CategoryOf(failure.Kind), input);
        if (AliasAdvice.For(failure) is { } advice)
        {
            record.ErrorDetails = new ErrorDetails(TerminalText.Line($"{failure.Message.TrimEnd('.')}. {advice}"));
        }

        return record;
    }

    /// <summary>The record of a failure with a file. In a batch, the file is the first thing to know.</summary>
    public static ErrorRecord CreateForFile(DataProtectionException failure, string file)
    {
        ErrorRecord record = Create(failure.About(file), file);
        string name = TerminalText.Line(file);
        if (!record.Exception.Message.Contains(name, StringComparison.Ordinal))
        {
            record.ErrorDetails = new ErrorDetails($"\"{name}\": {record.ErrorDetails?.Message ?? failure.Message}");
        }

        return record;
    }

    private static ErrorCategory CategoryOf(FailureKind kind) => kind switch
    {
        FailureKind.InvalidArgument => ErrorCategory.InvalidArgument,
        FailureKind.InvalidData => ErrorCategory.InvalidData,
        FailureKind.NotFound => ErrorCategory.ObjectNotFound,
        FailureKind.AlreadyExists => ErrorCategory.ResourceExists,
        FailureKind.PermissionDenied => ErrorCategory.PermissionDenied,
        FailureKind.SecurityViolation => ErrorCategory.SecurityError,
        FailureKind.LimitExceeded => ErrorCategory.LimitsExceeded,
        FailureKind.InvalidState => ErrorCategory.InvalidOperation,
        FailureKind.Unavailable => ErrorCategory.ResourceUnavailable,
        _ => ErrorCategory.NotSpecified,
    };
}
