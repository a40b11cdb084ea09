// Implements arithmetic_panel.h.

#include "ui/widgets/arithmetic_panel.h"

#include "ui/style/icon.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"

#include <QAbstractTableModel>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTreeView>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace headlight::ui {
namespace {

/// Terms in the line before the rest is folded.
constexpr std::size_t lineTerms = 3;

QString exact(float value)
{
    if (std::isinf(value))
        return value < 0 ? QStringLiteral("−∞") : QStringLiteral("∞");
    return QString::number(double(value), 'g', 6).replace('-', QChar(0x2212));
}

} // namespace

/// All terms, and the sum as far as each of them.
class TermModel : public QAbstractTableModel {
public:
    explicit TermModel(QObject* parent)
        : QAbstractTableModel(parent)
    {
    }
    void setArithmetic(const Arithmetic& arithmetic)
    {
        beginResetModel();
        m_terms = arithmetic.terms;
        m_products = std::ranges::any_of(m_terms, [](const auto& term) { return term.right.has_value(); });
        if (arithmetic.added)
            m_terms.push_back({ *arithmetic.added, {} });
        m_sums.clear();
        double sum = 0;
        for (const Arithmetic::Term& term : m_terms)
            m_sums.push_back(sum += double(term.left) * double(term.right.value_or(1.0f)));
        endResetModel();
    }
    bool products() const { return m_products; }
    int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_terms.size());
    }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 5; }
    QVariant data(const QModelIndex& index, int role) const override
    {
        if (role == Qt::TextAlignmentRole)
            return int(Qt::AlignRight | Qt::AlignVCenter);
        if (role == Qt::FontRole)
            return currentTheme().mono;
        if (role != Qt::DisplayRole)
            return {};
        const Arithmetic::Term& term = m_terms[std::size_t(index.row())];
        switch (index.column()) {
        case 0:
            return index.row();
        case 1:
            return exact(term.left);
        case 2:
            return term.right ? exact(*term.right) : QString();
        case 3:
            return exact(term.left * term.right.value_or(1.0f));
        default:
            return exact(float(m_sums[std::size_t(index.row())]));
        }
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (role == Qt::TextAlignmentRole)
            return int(Qt::AlignRight | Qt::AlignVCenter);
        if (role != Qt::DisplayRole || orientation == Qt::Vertical)
            return {};
        const QStringList names{ ArithmeticPanel::tr("#"), ArithmeticPanel::tr("left"),
            ArithmeticPanel::tr("× right"), ArithmeticPanel::tr("= product"), ArithmeticPanel::tr("sum") };
        return names[section];
    }

private:
    std::vector<Arithmetic::Term> m_terms;
    std::vector<double> m_sums;
    bool m_products = false;
};

ArithmeticPanel::ArithmeticPanel(QWidget* parent)
    : QWidget(parent)
    , m_title(plainLabel({}, this))
    , m_formula(mutedLabel({}, this))
    , m_line(plainLabel({}, this))
    , m_result(valueLabel(this))
    , m_note(mutedLabel({}, this))
    , m_all(linkButton(tr("All terms"), tr("Show every term of the sum, or fold them away"), this))
    , m_terms(new QTreeView(this))
    , m_model(new TermModel(this))
{
    setAccessibleName(tr("The sum behind a number"));
    layOut();
    for (QLabel* label : { m_title, m_line }) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    useFont(*m_title, &Theme::strong);
    m_terms->setModel(m_model);
    m_terms->setAccessibleName(tr("Terms of the sum"));
    m_terms->setToolTip(tr("Every term: two numbers of the model, their product, and the sum so far"));
    m_terms->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_terms->setFrameShape(QFrame::NoFrame);
    m_terms->header()->setSectionResizeMode(QHeaderView::Stretch);
    m_terms->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_terms->header()->setAccessibleName(m_terms->accessibleName());
    m_terms->header()->setToolTip(m_terms->toolTip());
    m_terms->setRootIsDecorated(false);
    m_terms->setUniformRowHeights(true); // a sum may have thousands of terms
    m_all->setFocusPolicy(Qt::TabFocus); // a click leaves the keys to the view
    connect(m_all, &QPushButton::clicked, this, [this] { fold(!m_folded); });
}

void ArithmeticPanel::layOut()
{
    QToolButton* close = iconButton(QStringLiteral("close"), tr("Close (Esc)"), this);
    QToolButton* copy = iconButton(QStringLiteral("copy"), tr("Copy the sum with all its terms"), this);
    auto* top = row(metrics::tinyGap);
    top->addWidget(m_title, 1);
    top->addWidget(copy, 0, Qt::AlignTop);
    top->addWidget(close, 0, Qt::AlignTop);
    auto* all = column(this, 6);
    all->setContentsMargins(14, 12, 14, 12);
    all->addLayout(top);
    for (QWidget* part : std::initializer_list<QWidget*>{ m_formula, m_line, m_result, m_note, m_all })
        all->addWidget(part);
    all->addWidget(m_terms, 1);
    all->addStretch(0);
    connect(close, &QToolButton::clicked, this, &ArithmeticPanel::closed);
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_copied); });
}

int ArithmeticPanel::termCount() const
{
    return m_model->rowCount();
}

void ArithmeticPanel::showSum(const QString& title, const Arithmetic& a, const QString& copied)
{
    m_copied = copied;
    m_model->setArithmetic(a);
    m_title->setText(title);
    m_formula->setText(QString::fromStdString(a.formula));
    QStringList parts;
    for (std::size_t i = 0; i < std::min(lineTerms, a.terms.size()); ++i) {
        const Arithmetic::Term& term = a.terms[i];
        parts.push_back(term.right ? QStringLiteral("%1 × %2").arg(exact(term.left), exact(*term.right))
                                   : exact(term.left));
    }
    if (a.terms.size() > lineTerms)
        parts.push_back(tr("… %1 more").arg(a.terms.size() - lineTerms));
    if (a.added)
        parts.push_back(tr("%1 (b)").arg(exact(*a.added)));
    useFont(*m_line, &Theme::mono);
    m_line->setText(
        parts.isEmpty() ? QString::fromStdString(a.substituted) : parts.join(QStringLiteral("\n+ ")));
    m_result->setText(QStringLiteral("= %1").arg(exact(a.result)));
    m_note->setText(QString::fromStdString(a.note));
    m_note->setVisible(!a.note.empty());
    m_all->setVisible(a.terms.size() > lineTerms);
    m_terms->setColumnHidden(2, !m_model->products());
    m_terms->setColumnHidden(3, !m_model->products());
    fold(m_folded);
    setVisible(true);
}

void ArithmeticPanel::fold(bool folded)
{
    m_folded = folded;
    m_terms->setVisible(!folded && m_all->isVisibleTo(this));
    m_all->setText(folded ? tr("All %1 terms").arg(termCount()) : tr("Fewer terms"));
    m_all->setAccessibleName(m_all->text());
    emit foldChanged();
}

void ArithmeticPanel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme& theme = currentTheme();
    painter.setPen(theme.border);
    painter.setBrush(theme.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

void ArithmeticPanel::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        emit closed();
    else
        QWidget::keyPressEvent(event);
}

} // namespace headlight::ui
