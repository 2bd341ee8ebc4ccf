namespace ImageBuilderDataProtection.Audit;

/// <summary>Reads sources, one at a time.</summary>
/// <typeparam name="TSource">What is read.</typeparam>
/// <typeparam name="TReading">One thing that comes of reading.</typeparam>
internal interface ISourceReader<in TSource, out TReading>
{
    /// <summary>What comes of reading a source, in its order.</summary>
    /// <param name="source">The source.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    IEnumerable<TReading> Read(TSource source, CancellationToken cancellationToken);
}
