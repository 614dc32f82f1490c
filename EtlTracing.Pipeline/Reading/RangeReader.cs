using System.Buffers;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Reads stretches of a source with as few opens as is sensible: a small gap is read over, and whoever goes forward in two places at once, as one does in a file
/// that has some column chunks behind all others, keeps a stream in each.
/// </summary>
sealed class RangeReader(DataSource source) : IAsyncDisposable
{
    /// <summary>Skipping so many bytes costs less than another request.</summary>
    const int SmallGap = 1 << 20;

    const int MostPlaces = 2;

    /// <summary>The one used last at the end.</summary>
    readonly List<Place> _places = [];

    public long BytesRead { get; private set; }

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var place = await GoToAsync(offset, cancellationToken);
        var skipped = ArrayPool<byte>.Shared.Rent(64 << 10);
        while (place.Position < offset) await TakeAsync(place, skipped.AsMemory(0, (int)Math.Min(skipped.Length, offset - place.Position)), cancellationToken);
        ArrayPool<byte>.Shared.Return(skipped);
        await TakeAsync(place, buffer, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var place in _places) await place.Stream.DisposeAsync();
        _places.Clear();
    }

    async ValueTask<Place> GoToAsync(long offset, CancellationToken cancellationToken)
    {
        var place = _places.Find(place => offset >= place.Position && offset - place.Position <= SmallGap);
        if (place is not null)
        {
            _places.Remove(place);
        }
        else
        {
            if (_places.Count == MostPlaces)
            {
                await _places[0].Stream.DisposeAsync();
                _places.RemoveAt(0);
            }

            place = new Place(await source.OpenAsync(offset, cancellationToken), offset);
        }

        _places.Add(place);
        return place;
    }

    async ValueTask TakeAsync(Place place, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await place.Stream.ReadExactlyAsync(buffer, cancellationToken);
        place.Position += buffer.Length;
        BytesRead += buffer.Length;
    }

    sealed class Place(Stream stream, long position)
    {
        public Stream Stream => stream;

        public long Position { get; set; } = position;
    }
}
