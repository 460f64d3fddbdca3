using Orleans.Runtime;

namespace Orleans
{
    /// <summary>What every grain interface extends, through one of its keyed forms.</summary>
    public interface IGrain : IAddressable;

    /// <summary>A grain whose key is a string.</summary>
    public interface IGrainWithStringKey : IGrain;
}

namespace Orleans.Runtime
{
    /// <summary>Something that has a <see cref="GrainId"/>: a grain or a reference to one.</summary>
    public interface IAddressable;
}
