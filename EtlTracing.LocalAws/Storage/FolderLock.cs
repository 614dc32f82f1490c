namespace EtlTracing.LocalAws.Storage;

/// <summary>Keeps a second local cloud out of a data folder. The kernel lets go of it when the process dies.</summary>
sealed class FolderLock : IDisposable
{
    readonly FileStream _file;

    FolderLock(FileStream file) => _file = file;

    public static FolderLock Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FolderLock(new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"the data folder {folder} can't be used, perhaps by reason of another local cloud on it: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
