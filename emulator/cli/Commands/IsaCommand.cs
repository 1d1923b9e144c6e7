using System.Text.Json;
using Emu.Cpu;

namespace Emu.Cli;

/// <summary>emu isa: what instructions a processor model has, and what becomes of each.</summary>
internal static class IsaCommand
{
    private const int InstructionWidth = 48, FeaturesWidth = 28, SupportWidth = 12;

    /// <summary>Writes the list of a model in a format.</summary>
    public static void Write(ByteWriter writer, OutputFormat format, CpuModel model)
    {
        switch (format)
        {
            case OutputFormat.Json:
                WriteJson(writer, model);
                break;
            case OutputFormat.Csv:
                WriteCsv(writer, model);
                break;
            default:
                WriteTable(writer, model);
                break;
        }
    }

    private static ReadOnlySpan<byte> NameOf(InstructionSupport support) => support switch
    {
        InstructionSupport.Executed => "executed"u8,
        InstructionSupport.Privileged => "privileged"u8,
        InstructionSupport.Undefined => "undefined"u8,
        _ => "missing"u8,
    };

    private static void WriteTable(ByteWriter writer, CpuModel model)
    {
        Span<int> counts = stackalloc int[(int)InstructionSupport.Missing + 1];
        foreach (InstructionEntry entry in InstructionSet.Of(model))
        {
            counts[(int)entry.Support]++;
            int start = writer.Length;
            writer.Add(entry.Instruction).Add((byte)' ').PadFrom(start, InstructionWidth);
            writer.Add(string.Join('+', entry.Features)).Add((byte)' ').PadFrom(start, InstructionWidth + FeaturesWidth).Add(NameOf(entry.Support));
            if (entry.Note is { } note)
                writer.PadFrom(start, InstructionWidth + FeaturesWidth + SupportWidth).Add(note);
            writer.Add((byte)'\n');
        }
        writer.Add(model.Name).Add(": "u8).Add(counts[(int)InstructionSupport.Executed]).Add(" forms executed, "u8)
            .Add(counts[(int)InstructionSupport.Privileged]).Add(" privileged, "u8).Add(counts[(int)InstructionSupport.Undefined])
            .Add(" undefined, "u8).Add(counts[(int)InstructionSupport.Missing]).Add(" missing\n"u8);
    }

    private static void WriteCsv(ByteWriter writer, CpuModel model)
    {
        writer.Add("code,instruction,opcode,features,support,note\n"u8);
        foreach (InstructionEntry entry in InstructionSet.Of(model))
        {
            writer.AddCsv(entry.Code).Add((byte)',').AddCsv(entry.Instruction).Add((byte)',').AddCsv(entry.OpCode).Add((byte)',')
                .AddCsv(string.Join('+', entry.Features)).Add((byte)',').Add(NameOf(entry.Support)).Add((byte)',').AddCsv(entry.Note ?? "")
                .Add((byte)'\n');
        }
    }

    private static void WriteJson(ByteWriter writer, CpuModel model)
    {
        using Utf8JsonWriter json = new(writer, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("model"u8, model.Name);
        json.WriteStartArray("instructions"u8);
        foreach (InstructionEntry entry in InstructionSet.Of(model))
        {
            json.WriteStartObject();
            json.WriteString("code"u8, entry.Code);
            json.WriteString("instruction"u8, entry.Instruction);
            json.WriteString("opcode"u8, entry.OpCode);
            json.WriteStartArray("features"u8);
            foreach (string feature in entry.Features)
                json.WriteStringValue(feature);
            json.WriteEndArray();
            json.WriteString("support"u8, NameOf(entry.Support));
            json.WriteString("note"u8, entry.Note ?? "");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        writer.Add((byte)'\n');
    }
}
