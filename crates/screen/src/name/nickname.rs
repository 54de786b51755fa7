//! Given names that are one name: short forms, and what neighbouring languages make of it.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One name a line: the word that stands for it, then its other forms. Our own compilation of commonly known forms.
const FORMS: &str = "\
aleksandr alexander aleksander oleksandr alexandre alejandro alessandro aliaksandr alex sasha shura sandy iskander
aleksey alexei aleksei alexey oleksiy oleksii aliaksei alexis alyosha
andrey andrei andriy andrii andrew andreas andre andy drew
anatoly anatoliy anatolii anatoli tolya
anthony antony anton antonio antoine tony
benjamin ben benny binyamin
boris borys barys borya
charles charlie chuck carlos karl carl
christopher chris kristofer
daniel dan danny danil daniil danylo
david dave davyd dawid daud dawood
dmitry dmitri dmitriy dmytro dzmitry dmitrii dima mitya
edward ed eddie eduard ted
elizabeth liz beth betty elizaveta lisa eliza
ekaterina yekaterina kateryna katherine catherine katerina kate katya kathy
evgeny yevgeny evgeniy yevgeniy evgenii yevhen eugene zhenya ievgen
fyodor fedor theodore theodor fiodor
georgy georgiy georgii george yuri jorge georgios heorhii jiri
gennady gennadiy gennadii hennadiy gena
gregory grigory grigoriy hryhoriy greg grisha
helena elena yelena olena helen alena lena
henry harry hank enrique henri
igor ihor
ilya illya elijah elias ilia
ivan john ian jan ioan juan giovanni jack johnny vanya johann
jacob james jim jimmy jakob yakov jaime yakub
joseph joe iosif josef jose yusuf yousef youssef yosef
konstantin kostyantyn constantine kostya
leonid leo lenya
lev leo leon
margaret maggie peggy meg margarita
maria mary marie mariya maryam mariam masha
matthew matt matvey matthias mateo
maxim maksim maksym maxime max
michael mike mick mikhail mykhailo mihail mikhaylo miguel michel michal misha
mohammed mohammad mohamed muhammad muhammed mohamad mohd md muhamad mohamud mehmet mahomed
natalia natalya nataliya natasha nathalie
nicholas nick nikolai nikolay mykola mikalai nicolas nikolaos nicolai kolya
olga olha
oleg oleh
patricia pat patty trish
pavel pavlo paul pawel pablo pasha
peter pyotr petr petro pedro pierre pete
philip phil filipp phillip felipe
richard rick dick rich ricardo
robert bob bobby rob roberto
samuel sam samuil
sergey sergei serhiy serhii siarhei serge sergio sergii seryozha
stephen steven steve stepan stefan esteban stefano
susan sue suzanne
svetlana svitlana sveta
tatiana tatyana tetiana tetyana tanya
thomas tom tommy tomas
timothy tim timofey
timur temur taymur
vasily vasiliy vasyl basil vasilii vasya
victor viktor vitya
vitaly vitaliy vitalii vitali
vladimir volodymyr uladzimir volodya vova
vladislav vladyslav uladzislau vlad
vyacheslav viacheslav slava vecheslav
william bill billy will liam guillermo wilhelm
yulia julia yuliya iuliia iulia julie
yuri yuriy iurii yury iouri jurij
zinaida zina
abdullah abdallah abdulla
ahmed ahmad achmad ahmet
hussein husayn hussain hossein husain hussayn hossain
hassan hasan
khalid khaled halid
osama usama
omar umar omer
qasim qasem kasim ghasem
saeed said sayeed saad
yasin yassin yaseen
yahya yehia iahia
ibrahim abraham ebrahim ibraheem
ismail ismael esmail ishmael
jamal gamal djamel
mahmoud mahmud mehmood
mustafa mostafa moustapha";

static ROOTS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut roots: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in FORMS.lines() {
        let root = line.split(' ').next().unwrap_or_default();
        for form in line.split(' ') {
            roots.entry(form).or_default().push(root);
        }
    }
    roots
});

/// The names that a given name may be a form of; empty for most words.
pub fn roots(word: &str) -> &'static [&'static str] {
    ROOTS.get(word).map_or(&[], Vec::as_slice)
}
