namespace StepTool.Core.Worlds.BuiltIn.Words;

/// <summary>Words that set two otherwise equal things apart: one line a pair of opposites, the two sides separated by "|".</summary>
internal static class QualifierWords
{
    /// <summary>What sets an API apart from its near-twin.</summary>
    public const string Variants = """
        live current ongoing | archived historic shelved
        actual measured observed | estimated projected forecast
        domestic inland local | overseas foreign offshore
        gross total undiscounted | net reduced rebated
        scheduled planned timetabled | completed concluded fulfilled
        public open unlocked | confidential private classified
        retail shopfront consumer | wholesale bulk trade
        manual handmade typed | automatic robotic unattended
        verified audited certified | provisional tentative preliminary
        digital electronic online | paper hardcopy postal
        corporate business institutional | personal individual homely
        urban city metropolitan | rural village countryside
        daily everyday diurnal | yearly annual twelvemonth
        sponsored funded endowed | unpaid voluntary charitable
        premium deluxe luxury | basic standard economy
        joint pooled communal | separate standalone detached
        urgent express rushed | routine regular ordinary
        regional county provincial | global worldwide universal
        coastal maritime seaside | alpine mountain highland
        morning dawn sunrise | evening nightly dusk
        temporary interim stopgap | lasting durable enduring
        approved accepted endorsed | declined rejected disallowed
        """;

    /// <summary>What sets one reference of an answer apart from another.</summary>
    public const string Selectors = """
        latest newest most_recent | earliest oldest first
        primary main principal | backup secondary spare
        largest biggest greatest | smallest tiniest minimal
        nearest closest adjacent | farthest remotest distant
        leading foremost top | trailing hindmost bottom
        fastest quickest swiftest | slowest tardiest sluggish
        busiest liveliest crowded | quietest calmest idle
        front anterior forward | rear posterior hind
        upcoming next following | previous preceding prior
        preferred favourite chosen | alternate substitute fallback
        longest lengthiest widest | shortest briefest narrowest
        strongest toughest sturdiest | weakest frailest feeblest
        senior elder veteran | junior younger novice
        heaviest weightiest densest | lightest airiest flimsiest
        """;
}
