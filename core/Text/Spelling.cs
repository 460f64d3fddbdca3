namespace StepTool.Core.Text;

/// <summary>Finds what somebody who mistyped a name most likely meant.</summary>
public static class Spelling
{
    /// <summary>The known name with the fewest edits, where they are at most a third of the text; null where none is near.</summary>
    public static string? Nearest(string text, IEnumerable<string> known)
    {
        var (best, fewest) = ((string?)null, (text.Length / 3) + 1);
        foreach (var name in known)
        {
            if (Math.Abs(name.Length - text.Length) < fewest && Edits(text, name) is var edits && edits < fewest)
            {
                (best, fewest) = (name, edits);
            }
        }

        return best;
    }

    // Levenshtein's distance, row by row.
    private static int Edits(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var column = 0; column <= right.Length; column++)
        {
            row[column] = column;
        }

        for (var at = 1; at <= left.Length; at++)
        {
            var diagonal = row[0];
            row[0] = at;
            for (var column = 1; column <= right.Length; column++)
            {
                var substituted = diagonal + (left[at - 1] == right[column - 1] ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(substituted, Math.Min(row[column], row[column - 1]) + 1);
            }
        }

        return row[^1];
    }
}
