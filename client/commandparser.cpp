// SPDX-License-Identifier: MIT
#include "commandparser.h"

#include "address.h"
#include "commandflags.h"
#include "displaytext.h"
#include "shellwords.h"

#include <QDir>
#include <QRegularExpression>

#include <optional>
#include <span>

using namespace Qt::Literals::StringLiterals;
using namespace CommandFlags;

namespace {

class Parser
{
public:
    ParsedCommand parse(const QString &text)
    {
        ShellWords shellWords = ShellWords::of(text);
        if (!shellWords.problem.isEmpty()) {
            fail(shellWords.problem);
            return m_result;
        }
        m_words = shellWords.words;
        readProgram();
        while (isFine() && !m_words.isEmpty())
            readWord(m_words.takeFirst());
        if (isFine())
            readAddress();
        if (isFine())
            checkSettings();
        return m_result;
    }

private:
    [[nodiscard]] bool isFine() const { return m_result.problem.isEmpty(); }
    void fail(const QString &problem)
    {
        if (isFine())
            m_result.problem = problem;
    }

    /// All but the certificates: their files need not be on this machine.
    void checkSettings()
    {
        ConnectionSettings settings = m_result.settings;
        settings.caFile.clear();
        settings.certificateFile.clear();
        settings.keyFile.clear();
        fail(settings.problem());
    }

    void note(const QString &sentence)
    {
        if (!m_result.notes.contains(sentence))
            m_result.notes += sentence;
    }

    void readProgram()
    {
        static const QRegularExpression prompt(u"\\A[$#%>]\\z"_s);
        static const QRegularExpression assignment(u"\\A[A-Za-z_][A-Za-z0-9_]*="_s);
        while (!m_words.isEmpty()) {
            const QString word = m_words.takeFirst();
            const QString name = word.section(u'/', -1);
            if (name == "wscat"_L1 || name == "websocat"_L1) {
                m_flags = name == "wscat"_L1 ? std::span<const Flag>(wscatFlags)
                                             : std::span<const Flag>(websocatFlags);
                m_program = name;
                return;
            }
            if (word.startsWith("SSL_CERT_FILE="_L1))
                m_result.settings.caFile = filePath(word.section(u'=', 1));
            else if (!prompt.match(word).hasMatch() && !assignment.match(word).hasMatch()
                     && word != "npx"_L1 && word != "-y"_L1)
                break;
        }
        fail(u"This is not a command of wscat or websocat."_s);
    }

    void readWord(const QString &word)
    {
        if (m_onlyWords || word == "-"_L1 || !word.startsWith(u'-')) {
            if (word != "-"_L1) // standard input and output
                m_addresses += word;
        } else if (word == "--"_L1) {
            m_onlyWords = true;
        } else if (word.startsWith("--"_L1)) {
            readLongFlag(word.sliced(2));
        } else {
            readLetters(word.sliced(1));
        }
    }

    void readLongFlag(const QString &text)
    {
        const qsizetype equals = text.indexOf(u'=');
        const QString name = equals == -1 ? text : text.first(equals);
        for (const Flag &flag : m_flags) {
            if (flag.name.isEmpty() || flag.name != name)
                continue;
            if (flag.value == Value::None && equals != -1)
                return fail(u"--%1 takes no value."_s.arg(name));
            return readFlag(flag, u"--"_s + name,
                            equals == -1 ? std::nullopt : std::optional(text.sliced(equals + 1)));
        }
        failUnknown(u"--"_s + name);
    }

    void readLetters(const QString &text)
    {
        for (qsizetype i = 0; i < text.size() && isFine(); ++i) {
            const Flag *found = nullptr;
            for (const Flag &flag : m_flags) {
                if (flag.letter != '\0' && text[i] == QLatin1Char(flag.letter))
                    found = &flag;
            }
            const QString name = u'-' + text.sliced(i, 1);
            if (found == nullptr)
                return failUnknown(name);
            if (found->value == Value::None) {
                readFlag(*found, name, std::nullopt);
                continue;
            }
            QString rest = text.sliced(i + 1);
            if (m_program == "websocat"_L1 && rest.startsWith(u'='))
                rest.remove(0, 1);
            return readFlag(*found, name,
                            i + 1 == text.size() ? std::nullopt : std::optional(rest));
        }
    }

    void readFlag(const Flag &flag, const QString &name, std::optional<QString> value)
    {
        if (flag.value == Value::Needed && !value) {
            if (m_words.isEmpty())
                return fail(u"%1 needs a value, which is missing."_s.arg(name));
            value = m_words.takeFirst();
        } else if (flag.value == Value::Optional && !value && !m_words.isEmpty()
                   && !m_words.first().startsWith(u'-')) {
            value = m_words.takeFirst();
        }
        apply(flag, name, value.value_or(QString()));
    }

    void apply(const Flag &flag, const QString &name, const QString &value)
    {
        ConnectionSettings &settings = m_result.settings;
        switch (flag.meaning) {
        case Meaning::Address:
            m_addresses += value;
            break;
        case Meaning::Header:
            addHeader(name, value);
            break;
        case Meaning::Subprotocols:
            for (const QString &subprotocol : value.split(u','))
                settings.subprotocols += subprotocol.trimmed();
            break;
        case Meaning::Origin:
            settings.origin = value;
            break;
        case Meaning::UserAgent:
            settings.userAgent = value;
            break;
        case Meaning::BasicAuth:
            setHeader(
                {u"Authorization"_s, u"Basic "_s + QString::fromLatin1(value.toUtf8().toBase64())});
            break;
        case Meaning::Message:
            if (m_program == "wscat"_L1) // the last one counts
                settings.firstMessages.clear();
            settings.firstMessages += value;
            break;
        case Meaning::CaFile:
            settings.caFile = filePath(value);
            break;
        case Meaning::CertificateFile:
            settings.certificateFile = filePath(value);
            break;
        case Meaning::KeyFile:
            settings.keyFile = filePath(value);
            break;
        case Meaning::PingInterval:
            settings.pingInterval = static_cast<int>(
                number(name, value, ConnectionSettings::longestPingInterval / 1000) * 1000);
            break;
        case Meaning::MaxMessageSize:
            settings.maxMessageSize =
                number(name, value, ConnectionSettings::largestMaxMessageSize);
            break;
        case Meaning::Binary:
        case Meaning::Text:
            m_result.binary = flag.meaning == Meaning::Binary;
            break;
        case Meaning::Nothing:
            break;
        case Meaning::Note:
            note(flag.note);
            break;
        case Meaning::Listen:
            fail(u"%1 makes a server of it; awesome-chat-server is one."_s.arg(name));
            break;
        }
    }

    void addHeader(const QString &flag, const QString &text)
    {
        const RequestHeader header = RequestHeader::fromText(text);
        const QString name = header.name.toLower();
        if (header.name.isEmpty())
            fail(u"%1 takes a header like “Name: value”; there is no name before a colon."_s.arg(
                flag));
        else if (name == "origin"_L1)
            m_result.settings.origin = header.value;
        else if (name == "user-agent"_L1)
            m_result.settings.userAgent = header.value;
        else if (name == "sec-websocket-protocol"_L1)
            for (const QString &subprotocol : header.value.split(u','))
                m_result.settings.subprotocols += subprotocol.trimmed();
        else if (name == "host"_L1)
            note(u"The header Host follows from the address here."_s);
        else
            setHeader(header);
    }

    /// The last value of a header counts, as in wscat.
    void setHeader(const RequestHeader &header)
    {
        for (RequestHeader &other : m_result.settings.headers) {
            if (other.name.compare(header.name, Qt::CaseInsensitive) == 0) {
                other = header;
                return;
            }
        }
        m_result.settings.headers += header;
    }

    qint64 number(const QString &name, const QString &value, qint64 largest)
    {
        bool ok = false;
        const qint64 number = value.toLongLong(&ok);
        if (ok && number >= 1 && number <= largest)
            return number;
        fail(u"%1 takes a number from 1 to %2, not “%3”."_s.arg(name).arg(largest).arg(
            DisplayText::quoted(value)));
        return 1;
    }

    /// A shell replaces "~" at the beginning of a word.
    static QString filePath(const QString &path)
    {
        return path.startsWith("~/"_L1) ? QDir::homePath() + path.sliced(1) : path;
    }

    void failUnknown(const QString &flag)
    {
        fail(u"%1 is not a flag of %2 that is known here: leave it out."_s.arg(
            DisplayText::quoted(flag), m_program));
    }

    void readAddress()
    {
        if (m_addresses.isEmpty())
            return fail(u"The command names no address: it should look like %1 "
                        "ws://localhost:3000."_s.arg(m_program == "wscat"_L1 ? u"wscat -c"_s
                                                                             : u"websocat"_s));
        if (m_addresses.size() > 1)
            return fail(u"The command names more than one address."_s);
        QString address = m_addresses.first();
        if (m_program == "websocat"_L1 && address.startsWith("autoreconnect:"_L1)) {
            address.remove(0, "autoreconnect:"_L1.size());
            m_result.settings.reconnect = true;
        }
        const TypedAddress typed = typedAddress(address);
        m_result.settings.url = typed.url;
        fail(typed.problem);
    }

    ParsedCommand m_result;
    QStringList m_words; // that have not been read
    QStringList m_addresses;
    std::span<const Flag> m_flags;
    QString m_program;
    bool m_onlyWords = false; // no more flags
};

} // namespace

bool ParsedCommand::isCommand(const QString &text)
{
    static const QRegularExpression form(
        u"\\A\\s*(?:[$#%>]\\s+)?(?:[A-Za-z_][A-Za-z0-9_]*=\\S*\\s+)*(?:npx\\s+(?:-y\\s+)?)?"
        "(?:[.~]{0,2}/(?:\\S*/)?)?(?:wscat|websocat)(?:\\s|\\z)"_s);
    return form.match(text).hasMatch();
}

ParsedCommand ParsedCommand::of(const QString &text)
{
    // The prompt of a root shell would begin a comment.
    const QString trimmed = text.trimmed();
    return Parser().parse(trimmed.startsWith("# "_L1) ? trimmed.sliced(2) : trimmed);
}
