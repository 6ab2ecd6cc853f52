package org.lacwarehouse.pipeline.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        assertThat(episodes.key()).containsExactly("CHILD", "DECOM");
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
