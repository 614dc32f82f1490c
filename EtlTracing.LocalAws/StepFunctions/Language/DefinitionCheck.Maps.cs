using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

public sealed partial class DefinitionCheck
{
    static readonly string[] s_onlyDistributed =
        ["ItemReader", "ItemBatcher", "ResultWriter", "Label", "ToleratedFailureCount", "ToleratedFailureCountPath", "ToleratedFailurePercentage", "ToleratedFailurePercentagePath"];

    void Map(JsonObject state, string at, int depth)
    {
        if (state.ContainsKey("Iterator") == state.ContainsKey("ItemProcessor"))
            Bad(state.ContainsKey("Iterator") ? "Only one of these fields can be set: [ItemProcessor, Iterator]" : "These fields are required: [ItemProcessor]", at);
        var field = state.ContainsKey("ItemProcessor") ? "ItemProcessor" : "Iterator";
        if (state[field] is not JsonObject processor)
        {
            if (state.ContainsKey(field)) Bad("Expected value of type Object", $"{at}/{field}");
            return;
        }
        Fields(processor, $"{at}/{field}", ["StartAt", "States", "Comment", "ProcessorConfig"]);
        var isDistributed = Processor(processor, $"{at}/{field}");
        Scope(processor, $"{at}/{field}", depth + 1);
        Path(state, "ItemsPath", at);
        Path(state, "MaxConcurrencyPath", at);
        Number(state, "MaxConcurrency", at, 0, 99_999_999);
        OneAtMost(state, at, "MaxConcurrency", "MaxConcurrencyPath");
        OneAtMost(state, at, "Parameters", "ItemSelector");
        Template(state, "ItemSelector", at);
        if (!isDistributed)
        {
            foreach (var only in s_onlyDistributed)
                if (state.ContainsKey(only)) Bad($"The field '{only}' needs a Map in mode DISTRIBUTED", $"{at}/{only}");
            return;
        }
        Label(state, at);
        Number(state, "ToleratedFailureCount", at, 0, 99_999_999);
        Number(state, "ToleratedFailurePercentage", at, 0, 100, whole: false);
        Path(state, "ToleratedFailureCountPath", at);
        Path(state, "ToleratedFailurePercentagePath", at);
        OneAtMost(state, at, "ToleratedFailureCount", "ToleratedFailureCountPath");
        OneAtMost(state, at, "ToleratedFailurePercentage", "ToleratedFailurePercentagePath");
        if (state["ItemReader"] is { } reader) Reader(reader, at + "/ItemReader");
        if (state["ItemBatcher"] is { } batcher) Batcher(batcher, at + "/ItemBatcher");
        if (state["ResultWriter"] is { } writer) Writer(writer, at + "/ResultWriter");
    }

    bool Processor(JsonObject processor, string at)
    {
        if (processor["ProcessorConfig"] is not { } config) return false;
        if (config is not JsonObject settings)
        {
            Bad("Expected value of type Object", at + "/ProcessorConfig");
            return false;
        }
        Fields(settings, at + "/ProcessorConfig", ["Mode", "ExecutionType"]);
        var mode = JsonComparison.Text(settings["Mode"]) ?? "INLINE";
        if (mode is not ("INLINE" or "DISTRIBUTED")) Bad("The field 'Mode' should have one of these values: [INLINE, DISTRIBUTED]", at + "/ProcessorConfig/Mode");
        var type = JsonComparison.Text(settings["ExecutionType"]);
        if (type is not (null or "STANDARD" or "EXPRESS")) Bad("The field 'ExecutionType' should have one of these values: [STANDARD, EXPRESS]", at + "/ProcessorConfig/ExecutionType");
        if (mode == "DISTRIBUTED" && type is null) Bad("These fields are required: [ExecutionType]", at + "/ProcessorConfig");
        if (mode == "DISTRIBUTED" && _isExpress) Bad("Express state machine does not support a Map in mode DISTRIBUTED", at + "/ProcessorConfig/Mode");
        return mode == "DISTRIBUTED";
    }

    void Label(JsonObject state, string at)
    {
        if (!state.ContainsKey("Label")) return;
        if (JsonComparison.Text(state["Label"]) is not { } label) Bad("Expected value of type String", at + "/Label");
        else if (label.Length is 0) Bad("Label cannot be empty", at + "/Label", "INVALID_LABEL_NAME");
        else if (label.Length > 40) Bad("Label cannot exceed 40 characters", at + "/Label", "INVALID_LABEL_NAME");
        else if (label.FirstOrDefault(c => char.IsWhiteSpace(c) || char.IsControl(c) || "?*<>{}[]:;,\\|^~$#%&`\"/".Contains(c)) is not '\0' and var wrong) Bad($"Label contains invalid character: '{wrong}'", at + "/Label", "INVALID_LABEL_NAME");
        else if (!_labels.Add(label)) Bad($"Duplicate label: {label}", at + "/Label", "DUPLICATE_LABEL_NAME");
    }

    void Reader(JsonNode json, string at)
    {
        if (json is not JsonObject reader)
        {
            Bad("Expected value of type Object", at);
            return;
        }
        Fields(reader, at, ["Resource", "Parameters", "ReaderConfig"]);
        Require(reader, at, "Resource");
        Object(reader, "Parameters", at);
        Object(reader, "ReaderConfig", at);
        Template(reader, "Parameters", at);
        var resource = JsonComparison.Text(reader["Resource"]);
        var isListing = resource == MapItems.ListObjects;
        if (reader.ContainsKey("Resource") && !isListing && resource != MapItems.GetObject)
            Bad($"The service integration '{resource}' is not supported by this local cloud: items are read with '{MapItems.GetObject}' or '{MapItems.ListObjects}'", at + "/Resource");
        if (reader["ReaderConfig"] is not JsonObject config)
        {
            if (!isListing && resource is not null) Require(reader, at, "ReaderConfig");
            return;
        }
        Fields(config, at + "/ReaderConfig", ["InputType", "CSVHeaderLocation", "CSVHeaders", "CSVDelimiter", "MaxItems", "MaxItemsPath"]);
        Number(config, "MaxItems", at + "/ReaderConfig", 0, 100_000_000);
        Path(config, "MaxItemsPath", at + "/ReaderConfig");
        OneAtMost(config, at + "/ReaderConfig", "MaxItems", "MaxItemsPath");
        if (isListing) return;
        var type = JsonComparison.Text(config["InputType"]);
        if (type is not ("CSV" or "JSON" or "JSONL")) Bad(type is null ? "These fields are required: [InputType]" : $"The input type '{type}' is not supported by this local cloud: use CSV, JSON or JSONL", at + "/ReaderConfig" + (type is null ? "" : "/InputType"));
        if (type != "CSV") return;
        var headers = JsonComparison.Text(config["CSVHeaderLocation"]);
        if (headers is not ("FIRST_ROW" or "GIVEN")) Bad("The field 'CSVHeaderLocation' should have one of these values: [FIRST_ROW, GIVEN]", at + "/ReaderConfig/CSVHeaderLocation");
        if (headers == "GIVEN" && (config["CSVHeaders"] is not JsonArray names || names.Any(name => JsonComparison.Text(name) is null))) Bad("These fields are required: [CSVHeaders]", at + "/ReaderConfig");
        if (config.ContainsKey("CSVDelimiter") && JsonComparison.Text(config["CSVDelimiter"]) is not ("COMMA" or "PIPE" or "SEMICOLON" or "SPACE" or "TAB"))
            Bad("The field 'CSVDelimiter' should have one of these values: [COMMA, PIPE, SEMICOLON, SPACE, TAB]", at + "/ReaderConfig/CSVDelimiter");
    }

    void Batcher(JsonNode json, string at)
    {
        if (json is not JsonObject batcher)
        {
            Bad("Expected value of type Object", at);
            return;
        }
        Fields(batcher, at, ["MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath", "BatchInput"]);
        Number(batcher, "MaxItemsPerBatch", at, 1, 100_000_000);
        Number(batcher, "MaxInputBytesPerBatch", at, 1, StateData.MaxBytes);
        Path(batcher, "MaxItemsPerBatchPath", at);
        Path(batcher, "MaxInputBytesPerBatchPath", at);
        Template(batcher, "BatchInput", at);
        if (!batcher.Any(member => member.Key.StartsWith("Max", StringComparison.Ordinal))) Bad("One of these fields is required: [MaxItemsPerBatch, MaxInputBytesPerBatch]", at);
    }

    void Writer(JsonNode json, string at)
    {
        if (json is not JsonObject writer)
        {
            Bad("Expected value of type Object", at);
            return;
        }
        Fields(writer, at, ["Resource", "Parameters", "WriterConfig"]);
        if (writer.ContainsKey("WriterConfig")) Bad("The field 'WriterConfig' is not supported by this local cloud", at + "/WriterConfig");
        Require(writer, at, "Resource", "Parameters");
        Object(writer, "Parameters", at);
        Template(writer, "Parameters", at);
        if (JsonComparison.Text(writer["Resource"]) is { } resource && resource != MapItems.PutObject)
            Bad($"The service integration '{resource}' is not supported by this local cloud: results are written with '{MapItems.PutObject}'", at + "/Resource");
    }
}
