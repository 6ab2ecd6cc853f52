package org.lacwarehouse.pipeline.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.ConfException;

class ContractsTest {
    @TempDir
    Path conf;

    @Test
    void packagedContractsDescribeTheSocialCareTablesInTheOrderOfTheGuide() {
        Contracts contracts = Contracts.read(Conf.packaged());

        Contract episodes = contracts.get("social_care", "episodes");
        assertThat(episodes.columns())
                .extracting(Column::name)
                .containsExactly(
                        "CHILD",
                        "DECOM",
                        "RNE",
                        "LS",
                        "CIN",
                        "PLACE",
                        "PLACE_PROVIDER",
                        "DEC",
                        "REC",
                        "REASON_PLACE_CHANGE",
                        "HOME_POST",
                        "PL_POST",
                        "URN");
        assertThat(episodes.key()).extracting(KeyPart::words).containsExactly("CHILD", "DECOM");
        assertThat(contracts.all()).extracting(Contract::id).contains("reference/postcodes", "social_care/header");
    }

    @Test
    void namesAndNumbersOfChildrenAreForTheVaultOnly() {
        Contract identity = Contracts.read(Conf.packaged()).get("social_care", "identity");

        assertThat(identity.hasSilver()).isFalse();
        assertThat(identity.columnsIn(Privacy.VAULT))
                .extracting(Column::name)
                .containsExactly("FORENAME", "SURNAME", "DOB", "NHS_NUMBER", "UPN", "POSTCODE");
    }

    @Test
    void aHeaderIsRecognisedWhateverTheFileIsCalled() {
        Contracts contracts = Contracts.read(Conf.packaged());

        assertThat(contracts.recognise("social_care", List.of("child", " duc ", "Sex", "dob")))
                .map(Contract::dataset)
                .contains("uasc");
        assertThat(contracts.recognise("social_care", List.of("DUC", "SEX"))).isEmpty();
    }

    @Test
    void anOutcomeReturnWithoutItsYearIsRecognisedToo() {
        Contracts contracts = Contracts.read(Conf.packaged());

        assertThat(contracts.recognise("social_care", List.of("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM")))
                .map(Contract::dataset)
                .contains("oc3");
    }

    @Test
    void aNewDatasetIsOneNewFile() throws IOException {
        write(
                "sources/social_care/pets.yml",
                "about: A pet\nkey: [CHILD]\ncolumns:\n  CHILD: {type: child}\n  PET: {}\n");

        Contract pets = Contracts.read(Conf.withOverrides(conf)).get("social_care", "pets");

        assertThat(pets.column("PET").type()).isEqualTo(ColumnType.TEXT);
    }

    @Test
    void anOverrideChangesTheDigestByWhichRowsAreCheckedAgain() throws IOException {
        String before =
                Contracts.read(Conf.packaged()).get("social_care", "uasc").digest();
        write(
                "codes/sex.csv",
                "# Sex\nkey,code,name,group_name,valid_from,valid_to,aliases\n1,1,Male,,,,M B\n2,2,Female,,,,F G\n");

        String after = Contracts.read(Conf.withOverrides(conf))
                .get("social_care", "uasc")
                .digest();

        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void mistakesAreSaidWithFileAndLine() throws IOException {
        mistake(
                "about: A pet\ncolumns:\n  CHILD: {type: chidl}\n",
                "sources/social_care/pets.yml:3: `type: chidl` is not one of text, child,");
        mistake(
                "about: A pet\nkey: [OWNER]\ncolumns:\n  CHILD: {type: child}\n",
                "sources/social_care/pets.yml:2: the key names `OWNER`, which is not a column of this dataset");
        mistake("about: A pet\ncolums:\n  CHILD: {}\n", "sources/social_care/pets.yml:3: `colums` is not known here");
        mistake(
                "about: A pet\ncolumns:\n  SEX: {type: code, codes: sexes}\n",
                "sources/social_care/pets.yml:3: there is no code list codes/sexes.csv");
        mistake("about: [A pet\n", "sources/social_care/pets.yml:2: this is not valid YAML");
        mistake(
                "about: A pet\ncolumns:\n  BORN: {required: perhaps}\n",
                "sources/social_care/pets.yml:3: expected true or false");
        mistake(
                "about: A pet\ncolumns:\n  PET: {}\n  PET: {}\n",
                "sources/social_care/pets.yml:4: `PET` is given twice");
    }

    @Test
    void everyDatasetOfTheSourcesHasAContractWithItsColumnsInOrder() {
        Contracts contracts = Contracts.read(Conf.packaged());

        Map<String, List<String>> datasets = new TreeMap<>();
        contracts.all().forEach(contract -> datasets.computeIfAbsent(contract.source(), source -> new ArrayList<>())
                .add(contract.dataset()));
        assertThat(datasets)
                .containsEntry(
                        "health",
                        List.of("camhs_referrals", "dental_checks", "health_assessments", "immunisations", "sdq"))
                .containsEntry("housing", List.of("applications", "homelessness", "tenancies"))
                .containsEntry(
                        "virtual_school",
                        List.of("attainment", "attendance", "exclusions", "peps", "post16", "roll", "schools"))
                .containsEntry(
                        "social_care",
                        List.of(
                                "ad1",
                                "care_leavers",
                                "disability",
                                "episodes",
                                "header",
                                "identity",
                                "missing",
                                "oc2",
                                "oc3",
                                "placed_adoption",
                                "plans",
                                "previous_permanence",
                                "reviews",
                                "sw_episodes",
                                "uasc"));
        assertThat(contracts.get("virtual_school", "roll").columns())
                .extracting(Column::name)
                .containsExactly(
                        "UPN", "FORENAME", "SURNAME", "DOB", "NCY", "SEN", "SCHOOL_URN", "ROLL_START", "ROLL_END");
        assertThat(contracts.get("virtual_school", "roll").key().get(0).alternatives())
                .containsExactly(List.of("UPN"), List.of("FORENAME", "SURNAME", "DOB"));
    }

    @Test
    void nothingThatSaysWhoAPersonIsReachesSilver() {
        for (Contract contract : Contracts.read(Conf.packaged()).all()) {
            assertThat(contract.columnsIn(Privacy.OPEN, Privacy.PERSONAL))
                    .as(contract.id())
                    .extracting(Column::name)
                    .doesNotContain("FORENAME", "SURNAME", "NHS_NUMBER", "UPN", "MOTHER", "MC_DOB");
        }
    }

    @Test
    void aCouncilSpellsHeadersAndCodesInItsOwnFileAndInItsOwnTime() throws IOException {
        write(
                "councils/826/social_care/uasc.yml",
                """
                columns:
                  CHILD:
                    aliases: [Person Ref, {spelling: Client No, from: 2023-04-01, to: 2024-04-01}]
                  SEX:
                    code_aliases: {BOY: "1", GIRL: {code: "2", to: 2024-04-01}}
                """);
        Contract uasc = Contracts.read(Conf.withOverrides(conf)).get("social_care", "uasc");
        LocalDate march = LocalDate.of(2024, 3, 31);
        LocalDate april = LocalDate.of(2024, 4, 1);

        assertThat(uasc.agreedWith("826", april).standardName("person ref")).contains("CHILD");
        assertThat(uasc.agreedWith("826", march).standardName("CLIENT NO")).contains("CHILD");
        assertThat(uasc.agreedWith("826", april).standardName("CLIENT NO")).isEmpty();
        assertThat(uasc.agreedWith("826", LocalDate.of(2023, 3, 31)).standardName("CLIENT NO"))
                .isEmpty();
        assertThat(uasc.agreedWith("887", april).standardName("person ref")).isEmpty();
        assertThat(uasc.agreedWith("826", april).column("SEX").code("boy"))
                .map(Code::code)
                .contains("1");
        assertThat(uasc.agreedWith("826", april).column("SEX").code("girl")).isEmpty();
        assertThat(uasc.agreedWith("826", march).column("SEX").code("girl"))
                .map(Code::code)
                .contains("2");
        assertThat(uasc.agreedWith("826", april).column("SEX").code("M"))
                .map(Code::code)
                .contains("1");
        assertThat(uasc.agreedWith("826", april).digest()).isNotEqualTo(uasc.digest());
        assertThat(uasc.agreedWith("887", april).digest()).isEqualTo(uasc.digest());
    }

    @Test
    void mistakesInACouncilsFileAreSaidWithFileAndLine() throws IOException {
        councilMistake(
                "columns:\n  CHILDE: {aliases: [Ref]}\n",
                "councils/826/social_care/uasc.yml:2: this file spells `CHILDE`, which is not a column of this dataset");
        councilMistake(
                "columns:\n  SEX: {code_aliases: {BOY: 7}}\n",
                "councils/826/social_care/uasc.yml:2: `7` is not a code of this column");
        councilMistake(
                "columns:\n  SEX: {aliases: [{spelling: Gender, from: April}]}\n",
                "councils/826/social_care/uasc.yml:2: expected a date like 2024-04-01");
        Files.delete(conf.resolve("councils/826/social_care/uasc.yml"));
        write("councils/MK/social_care/uasc.yml", "columns: {}\n");
        assertThatThrownBy(() -> Contracts.read(Conf.withOverrides(conf)))
                .hasMessageStartingWith("councils/MK/social_care/uasc.yml:1: a council's own spellings are in");
    }

    private void councilMistake(String text, String message) throws IOException {
        write("councils/826/social_care/uasc.yml", text);
        assertThatThrownBy(() -> Contracts.read(Conf.withOverrides(conf)))
                .isInstanceOf(ConfException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void mistakesInChecksPersonsAndRangesAreSaidWithFileAndLine() throws IOException {
        String pets = "about: A pet\ncolumns:\n  PET: {}\n  AGE: {type: integer%s}\n%s";
        String check = "checks:\n  - {rule: r, column: %s, reason: wrong, where: %s}\n";
        mistake(
                pets.formatted("", check.formatted("PET", "aeg > 3")),
                "sources/social_care/pets.yml:6: there is no column aeg to check");
        mistake(
                pets.formatted("", check.formatted("PET", "age >")),
                "sources/social_care/pets.yml:6: the SQL cannot be parsed");
        mistake(
                pets.formatted("", check.formatted("CAT", "age > 3")),
                "sources/social_care/pets.yml:6: `CAT` is not a column of this dataset");
        mistake(pets.formatted(", range: [9, 1]", ""), "sources/social_care/pets.yml:4: a range is the smallest");
        mistake(
                pets.formatted("", "person: {number: PET}\n"),
                "sources/social_care/pets.yml:5: `PET` says who a person is: give that column `privacy: vault`");
        mistake(
                pets.formatted("", "person: {forename: PET}\n").replace("PET: {}", "PET: {privacy: vault}"),
                "sources/social_care/pets.yml:5: a person is named by `number`, by `forename`, `surname` and `born`");
    }

    @Test
    void aCodeListWithAKeyTwiceIsAMistake() throws IOException {
        write(
                "codes/sex.csv",
                "# Sex\nkey,code,name,group_name,valid_from,valid_to,aliases\n1,1,Male,,,,\n1,2,Female,,,,\n");

        assertThatThrownBy(() -> Contracts.read(Conf.withOverrides(conf)))
                .isInstanceOf(ConfException.class)
                .hasMessageStartingWith("codes/sex.csv:4: key must be a whole number above 0");
    }

    private void mistake(String text, String message) throws IOException {
        write("sources/social_care/pets.yml", text);
        assertThatThrownBy(() -> Contracts.read(Conf.withOverrides(conf)))
                .isInstanceOf(ConfException.class)
                .hasMessageStartingWith(message);
    }

    private void write(String path, String text) throws IOException {
        Path file = conf.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
