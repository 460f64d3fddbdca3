namespace StepTool.Core.Worlds.BuiltIn.Words;

/// <summary>Words of attributes: a modifier and a measure, such as "delivery fee". One line a concept.</summary>
internal static class AttributeWords
{
    public const string Modifiers = """
        delivery dropoff handover
        storage stockpile keeping
        insurance indemnity assurance
        handling processing treatment
        cleaning washing sanitation
        training schooling drill
        heating warming thermal
        parking berth mooring
        fuel petrol kerosene
        maintenance repair upkeep
        renewal extension prolongation
        entry admission access
        safety hazard risk
        marketing advertising promotion
        legal juridical statutory
        water hydrant plumbing
        waste rubbish garbage
        network wiring cabling
        catering meal dining
        payroll salary wage
        customs border excise
        packing wrapping bundling
        registration enrolment signup
        transit passage crossing
        noise sound acoustic
        weight mass tonnage
        lighting illumination lamp
        equipment tooling hardware
        mileage distance trip
        uniform clothing garment
        translation interpreting language
        childcare nursery daycare
        pension retirement annuity
        garden landscape lawn
        recycling reuse salvage
        telephone mobile calling
        furniture furnishing upholstery
        laundry linen ironing
        software program application
        ventilation airflow draught
        elevator lift hoist
        donation gift bequest
        guarantee warranty surety
        launch inauguration startup
        """;

    /// <summary>Measures by type of value.</summary>
    public const string Measures = """
        Amount: fee charge levy
        Amount: cost expense outlay
        Amount: budget allotment allowance
        Amount: deposit downpayment bond
        Amount: discount markdown saving
        Amount: balance remainder residue
        Amount: penalty fine surcharge
        Count: quantity tally headcount
        Count: score rating grade
        Count: capacity limit ceiling
        Count: duration timespan length
        Day: deadline cutoff duedate
        Day: anniversary jubilee milestone
        Day: inception commencement onset
        Day: expiry lapse termination
        Person: manager supervisor overseer
        Person: contact liaison correspondent
        Person: officer warden steward
        Person: deputy delegate proxy
        """;
}
