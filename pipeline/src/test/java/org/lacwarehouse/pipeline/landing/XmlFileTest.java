package org.lacwarehouse.pipeline.landing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XmlFileTest {
    /** A return of two children in the DfE's layout, with every kind of record. */
    static final String RETURN =
            """
            <?xml version="1.0" encoding="utf-8"?>
            <EXPSSDA903>
              <CHILD>
                <HEADER>
                  <CHILDID>101</CHILDID><UPN>UN3</UPN><SEX>1</SEX><DOB>01/02/2008</DOB><ETHNIC>WBRI</ETHNIC>
                  <UASC>1</UASC><DUC>01/02/2026</DUC>
                  <MOTHER/><MC_DOB/>
                  <AREVIEW><REVIEW>01/05/2023</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
                  <AREVIEW><REVIEW>01/11/2023</REVIEW><REVIEW_CODE>PN3</REVIEW_CODE></AREVIEW>
                  <AMISSING><MISSING>M</MISSING><MIS_START>03/06/2023</MIS_START><MIS_END>04/06/2023</MIS_END></AMISSING>
                  <PERMANENCE><PREV_PERM>P1</PREV_PERM><LA_PERM>301</LA_PERM><DATE_PERM>zz/zz/2015</DATE_PERM></PERMANENCE>
                  <AD_PLACED><DATE_PLACED>01/07/2023</DATE_PLACED></AD_PLACED>
                  <OC2><SDQ_SCORE>12</SDQ_SCORE><SDQ_REASON/><CONVICTED>0</CONVICTED><HEALTH_CHECK>1</HEALTH_CHECK>
                    <IMMUNISATIONS>1</IMMUNISATIONS><TEETH_CHECK>1</TEETH_CHECK><HEALTH_ASSESSMENT>1</HEALTH_ASSESSMENT>
                    <SUBSTANCE_MISUSE>0</SUBSTANCE_MISUSE></OC2>
                </HEADER>
                <EPISODE>
                  <DECOM>01/04/2023</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U1</PL><PLACE_PROVIDER>PR1</PLACE_PROVIDER>
                  <DEC>05/10/2023</DEC><REC>X1</REC><REASON_PLACE_CHANGE>CARPL</REASON_PLACE_CHANGE>
                  <HOME_POST>QA1 1AA</HOME_POST><PL_POST>QA1 1AB</PL_POST><URN>SC1</URN>
                </EPISODE>
                <EPISODE>
                  <DECOM>05/10/2023</DECOM><RNE>P</RNE><LS>C2</LS><CIN>N1</CIN><PL>K2</PL>
                </EPISODE>
              </CHILD>
              <CHILD>
                <HEADER>
                  <CHILDID>102</CHILDID><SEX>2</SEX><DOB>02/02/2005</DOB><ETHNIC>WBRI</ETHNIC><UASC>0</UASC>
                  <IN_TOUCH>YES</IN_TOUCH><ACTIV>F1</ACTIV><ACCOM>B1</ACCOM>
                </HEADER>
                <EPISODE>
                  <DECOM>01/01/2020</DECOM><RNE>S</RNE><LS>V2</LS><CIN>N4</CIN><PL>U3</PL><DEC>02/02/2023</DEC><REC>E3</REC>
                </EPISODE>
              </CHILD>
            </EXPSSDA903>
            """;

    @TempDir
    Path folder;

    private TestDeliveries deliveries;

    @BeforeEach
    void begin() throws IOException {
        deliveries = new TestDeliveries(folder);
    }

    @Test
    void theReturnGivesADeliveryForEachDataset() throws IOException {
        Map<String, Delivery> found = returned("ssda903.xml", RETURN.getBytes(StandardCharsets.UTF_8));

        assertThat(found.keySet())
                .containsExactly(
                        "episodes",
                        "header",
                        "missing",
                        "oc2",
                        "oc3",
                        "placed_adoption",
                        "previous_permanence",
                        "reviews",
                        "uasc");
        assertThat(found.values()).extracting(Delivery::deliveryId).doesNotHaveDuplicates();
        assertThat(deliveries.rows(found.get("episodes")))
                .extracting(
                        row -> row.get("CHILDID") + " " + row.get("DECOM") + " " + row.get("PL") + " " + row.get("DEC"))
                .containsExactly(
                        "101 01/04/2023 U1 05/10/2023", "101 05/10/2023 K2 null", "102 01/01/2020 U3 02/02/2023");
        assertThat(deliveries.read(found.get("episodes")))
                .extracting(TableRow::line)
                .containsExactly(17L, 22L, 31L);
        assertThat(deliveries.rows(found.get("header")))
                .extracting(row -> row.get("CHILDID") + " " + row.get("DOB") + " " + row.get("UPN"))
                .containsExactly("101 01/02/2008 UN3", "102 02/02/2005 null");
        assertThat(deliveries.rows(found.get("reviews")))
                .containsExactly(
                        Map.of("CHILDID", "101", "DOB", "01/02/2008", "REVIEW", "01/05/2023", "REVIEW_CODE", "PN1"),
                        Map.of("CHILDID", "101", "DOB", "01/02/2008", "REVIEW", "01/11/2023", "REVIEW_CODE", "PN3"));
        assertThat(deliveries.rows(found.get("uasc")))
                .containsExactly(Map.of("CHILDID", "101", "SEX", "1", "DOB", "01/02/2008", "DUC", "01/02/2026"));
        assertThat(deliveries.rows(found.get("oc3")))
                .containsExactly(
                        Map.of("CHILDID", "102", "DOB", "02/02/2005", "IN_TOUCH", "YES", "ACTIV", "F1", "ACCOM", "B1"));
        assertThat(deliveries.rows(found.get("placed_adoption")).get(0))
                .containsEntry("DATE_PLACED", "01/07/2023")
                .containsEntry("CHILDID", "101");
        assertThat(deliveries.rows(found.get("oc2")).get(0)).containsEntry("SDQ_SCORE", "12");
    }

    @Test
    void aFileNamedAfterADatasetGivesThatOneOnly() throws IOException {
        Delivery delivery = deliveries.check("episodes.xml", RETURN);

        assertThat(delivery.dataset()).isEqualTo("episodes");
        assertThat(delivery.rowsIn()).isEqualTo(3);
        assertThat(delivery.reason())
                .isEqualTo("not read, because of the file's name: the other datasets that it holds");
        deliveries.refused("plans.xml", RETURN, "no element of the XML has the fields of this dataset");
    }

    @Test
    void plainRowsAreReadToo() throws IOException {
        String rows = "<rows><row><CHILD>1</CHILD><SEX>1</SEX><DOB>01/02/2008</DOB><DUC/></row>"
                + "<row><CHILD>2</CHILD><SEX>2</SEX><DOB>01/02/2009</DOB><DUC><![CDATA[01/02/2027]]></DUC></row></rows>";
        Delivery delivery = deliveries.check("children.xml", rows);

        assertThat(delivery.dataset()).isEqualTo("uasc");
        assertThat(deliveries.rows(delivery))
                .hasSize(2)
                .last()
                .isEqualTo(Map.of("CHILD", "2", "SEX", "2", "DOB", "01/02/2009", "DUC", "01/02/2027"));
        // Rows on one line still have places of their own.
        assertThat(deliveries.read(delivery)).extracting(TableRow::line).containsExactly(2L, 3L);
        assertThat(deliveries
                        .check(
                                "careleavers.xml",
                                "<r><c><CHILD>1</CHILD><STATUS>ELIGIBLE</STATUS><IN_TOUCH>YES"
                                        + "</IN_TOUCH><ACTIV>F1</ACTIV><ACCOM>B1</ACCOM><CONTACT_DATE/></c></r>")
                        .dataset())
                .isEqualTo("care_leavers");
    }

    @Test
    void fieldsOfTheChildItselfCountForItsRecords() throws IOException {
        Delivery delivery = deliveries.check(
                "reviews.xml",
                "<x:r xmlns:x=\"urn:x\"><x:CHILD><x:CHILDID>7</x:CHILDID><x:LIST><x:A><x:REVIEW>01/05/2023</x:REVIEW>"
                        + "<x:REVIEW_CODE>PN1</x:REVIEW_CODE></x:A></x:LIST></x:CHILD></x:r>");

        assertThat(deliveries.rows(delivery))
                .containsExactly(Map.of("CHILDID", "7", "REVIEW", "01/05/2023", "REVIEW_CODE", "PN1"));
    }

    @Test
    void otherCharacterSetsAreRead() throws IOException {
        String text = "<?xml version=\"1.0\" encoding=\"%s\"?><r><i><CHILD>1</CHILD><SURNAME>Zoë</SURNAME><FORENAME>A"
                + "</FORENAME><NHS_NUMBER/></i></r>";
        for (String name : List.of("windows-1252", "UTF-16", "UTF-8", "ISO-8859-1")) {
            Delivery delivery =
                    deliveries.check("identity.xml", text.formatted(name).getBytes(Charset.forName(name)));
            assertThat(deliveries.rows(delivery).get(0)).as(name).containsEntry("SURNAME", "Zoë");
        }
    }

    @Test
    void aCharacterSetThatIsNotTheOneSaidIsRefused() throws IOException {
        String text = "<r><i><CHILD>1</CHILD><SURNAME>Zoë</SURNAME><FORENAME>A</FORENAME></i></r>";
        deliveries.refused(
                "identity.xml",
                text.getBytes(StandardCharsets.ISO_8859_1),
                "the XML is not in the character set that it says, or that it would be in if it says none (UTF-8)");
        deliveries.refused(
                "identity.xml",
                "<?xml version=\"1.0\" encoding=\"nonsense\"?>" + text,
                "the XML says that it is in a character set that does not exist; send it in UTF-8");
        assertThat(deliveries.check("identity.xml", "\uFEFF" + text).status()).isEqualTo(DeliveryStatus.LOADED);
    }

    @Test
    void aFieldThatIsRepeatedIsNotLost() throws IOException {
        Delivery delivery = deliveries.check(
                "reviews.xml",
                "<r><i><CHILD>1</CHILD><REVIEW>01/05/2023</REVIEW><REVIEW>02/05/2023</REVIEW><REVIEW_CODE>PN1"
                        + "</REVIEW_CODE></i></r>");

        assertThat(deliveries.rows(delivery).get(0)).containsEntry(TableRow.BEYOND_HEADER, "02/05/2023");
    }

    @Test
    void recordsThatNoContractDescribesAreSaid() throws IOException {
        List<Delivery> found = deliveries.checkAll(
                "ssda903.xml",
                RETURN.replace("</HEADER>", "<PET><SPECIES>cat</SPECIES></PET></HEADER>")
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(found).extracting(Delivery::status).containsOnly(DeliveryStatus.LOADED);
        assertThat(found.get(0).reason()).isEqualTo("not read: elements that no contract describes");
        assertThat(deliveries
                        .check("pets.xml", "<r><PET><SPECIES>cat</SPECIES></PET></r>")
                        .status())
                .isEqualTo(DeliveryStatus.HELD);
    }

    @Test
    void aDatasetThatLacksAColumnIsRefusedAndTheOthersAreRead() throws IOException {
        Map<String, Delivery> found =
                returned("ssda903.xml", RETURN.replaceAll("<CIN>..</CIN>", "").getBytes(StandardCharsets.UTF_8));

        assertThat(found.get("episodes").status()).isEqualTo(DeliveryStatus.REFUSED);
        assertThat(found.get("episodes").reason()).isEqualTo("the header lacks the required column CIN");
        assertThat(found.get("header").status()).isEqualTo(DeliveryStatus.LOADED);
    }

    @Test
    void hostileAndBrokenXmlIsRefused() throws IOException {
        String doctype = "the XML has a document type (DOCTYPE), which is never read; send it without";
        deliveries.refused(
                "uasc.xml",
                "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r><i><CHILD>&x;</CHILD></i></r>",
                doctype);
        deliveries.refused(
                "uasc.xml",
                "<!DOCTYPE r [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><r><i><CHILD>&b;</CHILD></i></r>",
                doctype);
        deliveries.refused("uasc.xml", "<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/x\"><r/>", doctype);
        deliveries.refused(
                "uasc.xml",
                "<r><i><CHILD>&x;</CHILD></i></r>",
                "line 1: the XML refers to an entity of its own, which is never read; write the characters themselves");
        deliveries.refused(
                "uasc.xml", "<r>\n" + "<i>".repeat(100_000), "line 2: the XML is nested deeper than 64 elements");
        deliveries.refused(
                "uasc.xml",
                "<r><i><CHILD>" + "1".repeat(TableFile.LONGEST_CELL + 1) + "</CHILD></i></r>",
                "line 1: a value is longer than 16,777,216 characters");
        deliveries.refused(
                "uasc.xml",
                "<r><i a=\"" + "1".repeat(3 * TableFile.LONGEST_CELL) + "\"/></r>",
                "an element is longer than is ever needed; the file is broken or hostile");
        deliveries.refused(
                "uasc.xml",
                "<r><i>" + "<j><k>1</k></j>".repeat(200_000) + "</i></r>",
                "line 1: one element below the root holds more than a child's records ever do; rows and CHILD elements"
                        + " belong directly below the root");
        deliveries.refused(
                "uasc.xml",
                "<r><i>secret<CHILD>1</CHILD></i></r>",
                "line 1: there is text between the elements of a record");
        String broken = "line 2: the XML is broken or cut off; send the file again";
        deliveries.refused("uasc.xml", "<r>\n<i><CHILD>1</CHILD>", broken);
        deliveries.refused("uasc.xml", "<r>\n<i><CHILD>1</SEX></i></r>", broken);
        deliveries.refused("uasc.xml", "<r/>\n<r/>", broken);
        deliveries.refused("uasc.xml", "CHILD,SEX\n1,1\n", "line 1: the XML is broken or cut off; send the file again");
    }

    private Map<String, Delivery> returned(String name, byte[] bytes) throws IOException {
        Map<String, Delivery> found = new LinkedHashMap<>();
        deliveries.checkAll(name, bytes).forEach(delivery -> found.put(delivery.dataset(), delivery));
        return found;
    }
}
