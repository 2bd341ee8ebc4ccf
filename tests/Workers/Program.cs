using ImageBuilderDataProtection.Workers;

// A process that tests start, several at once, and kill at any moment. It prints a line after each thing it has done, so
// that the test knows what must have lasted; a line that a kill cuts short says nothing.
//
//   kms STORE COUNT                            makes keys, uses, rotates and re-policies them, COUNT rounds
//   digest STORE COUNT                         makes keys, writes digest files of the trail and checks it, COUNT rounds
//   protect STORE ROLE WORKFLOW SOURCE COUNT   protects SOURCE to SOURCE.encrypted and opens that to SOURCE.opened, COUNT times
await (args switch
{
    ["kms", string store, string count] => KmsWorker.RunAsync(store, int.Parse(count, null)),
    ["digest", string store, string count] => DigestWorker.RunAsync(store, int.Parse(count, null)),
    ["protect", string store, string role, string workflow, string source, string count] =>
        ProtectWorker.RunAsync(store, role, workflow, source, int.Parse(count, null)),
    _ => throw new ArgumentException("See the comment at the top of Program.cs."),
});
