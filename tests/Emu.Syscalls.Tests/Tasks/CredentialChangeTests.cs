namespace Emu.Syscalls.Tests;

public sealed class CredentialChangeTests
{
    [Fact]
    public void IsInGroup_LooksAtAll_WhenThereAreFurtherGroups()
    {
        Credentials credentials = Credentials.ForUser(5, 6, [30, 10, 20]);
        Assert.True(credentials.IsInGroup(6));
        Assert.True(credentials.IsInGroup(10));
        Assert.False(credentials.IsInGroup(5));
        Assert.False(credentials.Can(Capability.Kill));
    }

    [Fact]
    public void FixFileCapabilities_TakesThoseForFiles_WhenTheFileUserIsNotRoot()
    {
        Credentials root = Credentials.Root;
        Credentials changed = CredentialChange.FixFileCapabilities(root, root with { FileUid = 5 });
        Assert.False(changed.Can(Capability.DacOverride));
        Assert.True(changed.Can(Capability.SetUid));
        Credentials back = CredentialChange.FixFileCapabilities(changed, changed with { FileUid = 0 });
        Assert.True(back.Can(Capability.DacOverride));
    }

    [Fact]
    public void ForRealUser_HasNoPrivileges_WhenTheRealUserIsNotRoot()
    {
        Credentials set = Credentials.Root with { Uid = 5 };
        Assert.False(set.ForRealUser().Can(Capability.DacOverride));
        Assert.Equal(5u, set.ForRealUser().FileUid);
    }
}
