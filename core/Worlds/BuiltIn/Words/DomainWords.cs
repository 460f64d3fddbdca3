namespace StepTool.Core.Worlds.BuiltIn.Words;

/// <summary>The fields of activity with their nouns: two lines a domain, nouns separated by "|". No stem stands in two concepts.</summary>
internal static class DomainWords
{
    public const string Text = """
        commerce: customer client buyer | order purchase requisition | invoice bill receipt
        | basket cart trolley | merchant vendor seller | refund reimbursement repayment
        logistics: shipment consignment freight | parcel package carton | haulier carrier forwarder
        | depot warehouse storehouse | pallet container crate | itinerary route waypath
        health: patient sufferer inpatient | physician doctor clinician | medication prescription remedy
        | ward sickroom bedroom | specimen sample swab | appointment consultation visit
        education: student pupil learner | course module seminar | teacher instructor tutor
        | exam quiz assessment | college campus academy | thesis dissertation treatise
        travel: tourist traveller passenger | reservation stopover stayover | hotel lodge inn
        | excursion jaunt daytrip | guide escort companion | voucher coupon boardpass
        energy: meter gauge dial | turbine windmill rotor | substation switchyard powernode
        | household residence dwelling | outage blackout disruption | grid powernet powerline
        library: book volume hardback | writer author novelist | loan lending checkout
        | shelf rack bookcase | reader subscriber bookworm | journal magazine periodical
        banking: account purse moneybox | transfer remittance giro | stock equity security
        | lender creditor financier | mortgage homeloan lien | cheque draft banknote
        property: apartment flat condo | landlord lessor proprietor | renter tenant occupant
        | tower highrise building | inspection survey walkthrough | janitor caretaker concierge
        music: album disc longplay | artist performer musician | gig concert recital
        | venue arena auditorium | song track tune | label imprint recordhouse
        farming: field plot paddock | crop harvest cereal | tractor plough baler
        | herd flock livestock | barn shed silo | farmer grower rancher
        building: viaduct bridge overpass | permit licence clearance | builder contractor mason
        | precinct district borough | undertaking venture worksite | crew gang squad
        motoring: vehicle car automobile | mechanic repairman fitter | driver motorist chauffeur
        | accident crash collision | engine motor powertrain | tyre wheel rim
        helpdesk: ticket incident complaint | agent operator representative | device appliance gadget
        | queue backlog waitlist | article writeup manualpage | chat conversation dialogue
        sports: athlete player competitor | team club eleven | match fixture derby
        | trainer coach mentor | umpire referee linesman | league division bracket
        science: experiment trial study | instrument apparatus sensor | researcher scientist investigator
        | grant stipend bursary | laboratory workroom testbench | dataset corpus collection
        """;
}
