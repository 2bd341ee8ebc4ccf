namespace ImageBuilderDataProtection.ModuleTests.Faults;

/// <summary>What the proxy does to a request.</summary>
public enum ProxyFault
{
    /// <summary>Passes it on.</summary>
    None,

    /// <summary>Passes it on, late.</summary>
    Late,

    /// <summary>Resets the connection; the endpoint never hears of the request.</summary>
    ResetBefore,

    /// <summary>Resets the connection when the endpoint has answered.</summary>
    ResetAfter,

    /// <summary>Closes the connection in the middle of the answer's body.</summary>
    HalfResponse,

    /// <summary>Says nothing more in the middle of the answer's body, and keeps the connection.</summary>
    Stall,

    /// <summary>500 with the error of KMS.</summary>
    InternalError,

    /// <summary>502 with a page, as a gateway has it.</summary>
    BadGateway,

    /// <summary>400 ThrottlingException.</summary>
    Throttling,

    /// <summary>200 with text that is no JSON.</summary>
    Garbage,

    /// <summary>200 with half of the answer's JSON and a length to match.</summary>
    CutJson,

    /// <summary>400 with a message that repeats the request's headers and body, as a server with debugging on might.</summary>
    Echo,
}
